import { comparedValues, defineRule, methodFault, policiesUsing, replaceBy } from '#sdk';

export default defineRule({
  code: 'IST1123',
  severity: 'warning',
  since: '0.1.0',
  summary: 'An AuthorizationPolicy compares the method of requests with something that is no HTTP method.',
  reads: { AuthorizationPolicy: 'some' },
  fixes: 'both',
  messages: {
    case: {
      what: 'The method {method} is written in lower-case letters, and no request has it.',
      why: 'Methods are compared letter by letter, and clients send them in capitals: the value never fits, whatever the client does.',
      help: 'Write {suggestion}.',
    },
    path: {
      what: '{method} is a path, and stands in the list of methods.',
      why: 'The method of every gRPC call is POST; the name of the service and its method are the path of the request. So this value never fits.',
      help: 'Write it under `paths` (`notPaths`), as in {suggestion}.',
    },
    misspelt: {
      what: 'There is no HTTP method {method}; {suggestion} is meant, by the looks of it.',
      why: 'A request is compared with exactly this text, and clients do not send it: the value never fits.',
      help: 'Write {suggestion}.',
    },
    unknown: {
      what: '{method} is none of the methods of HTTP.',
      why: 'Methods of one’s own are legal and compared as they are, but only clients made for them send them.',
      help: 'Check that clients really send {method}; else write a method such as GET or POST.',
    },
  },
  check({ graph, report }) {
    for (const policy of policiesUsing(graph, ['methods', 'notMethods'])) {
      if (graph.changedBy(policy) !== undefined) continue;
      for (const { text: method, at } of comparedValues(
        policy,
        'methods',
        (text) => methodFault(text) !== undefined,
      )) {
        const fault = methodFault(method);
        if (fault === undefined) continue;
        const { kind, suggestion } = fault;
        if (kind === 'unknown') {
          report(policy, { at, message: kind, severity: 'info', data: { method } });
        } else {
          const fix = () =>
            kind === 'path'
              ? undefined
              : replaceBy(
                  at,
                  suggestion,
                  suggestion === method.toUpperCase() && methodFault(suggestion) === undefined,
                );
          report(policy, { at, message: kind, data: { method, suggestion }, fix });
        }
      }
    }
  },
});
