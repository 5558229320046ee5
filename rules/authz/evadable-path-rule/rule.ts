import { defineRule, evadablePaths, showList } from '#sdk';

export default defineRule({
  code: 'IST1131',
  severity: 'warning',
  since: '0.1.0',
  summary: 'Requests are kept out by their paths alone, which can be written in more than one way.',
  reads: { AuthorizationPolicy: 'some' },
  optIn: true,
  messages: {
    raw: {
      what: 'Requests to {paths} are kept out by name, and the proxy compares paths as clients write them.',
      why: 'With `pathNormalization` NONE, `/./` or `/../`, `%61` for a letter, and double slashes all make another path. Where the server reads it as the same, the request comes in.',
      help: 'Set `pathNormalization` of the mesh to BASE or more, or allow the paths that are wanted instead.',
    },
    slashes: {
      what: 'Requests to {paths} are kept out by name, and a path with two slashes is another one.',
      why: 'The proxy evens out dots and most of the percent signs, but neither `//` nor `%2F`. Where the server reads such a path as the same, the request comes in; so it is with capitals and a slash at the end.',
      help: 'Set `pathNormalization` of the mesh to what the server does (MERGE_SLASHES, DECODE_AND_MERGE_SLASHES), or allow the paths that are wanted instead.',
    },
    encoded: {
      what: 'Requests to {paths} are kept out by name, and a path with an encoded slash is another one.',
      why: 'The proxy merges slashes, but leaves `%2F` and `%5C` alone. Where the server reads such a path as the same, the request comes in; so it is with capitals and a slash at the end.',
      help: 'Set `pathNormalization` of the mesh to DECODE_AND_MERGE_SLASHES if the server decodes slashes, or allow the paths that are wanted instead.',
    },
  },
  check({ graph, report }) {
    for (const { policy, at, paths, normalization } of evadablePaths(graph)) {
      const data = { paths: showList(paths, 3) };
      const message = normalization === 'NONE' ? 'raw' : normalization === 'BASE' ? 'slashes' : 'encoded';
      report(policy, { at, message, data });
    }
  },
});
