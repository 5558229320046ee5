import { type Fault, quoted } from './fault.ts';

/** The characters of a path segment (pchar, RFC 3986). */
const segmentCharacters = /^[a-zA-Z0-9-._~%!$&'()+,;:@=]+$/;

const brace = /[{}]/;

const advice = 'Use {*} for one segment and {**} for any number, each alone between slashes';

/** A path of an AuthorizationPolicy, perhaps with templates (`CheckValidPathTemplate`, pkg/config/security). */
export function pathTemplateFault(path: string): Fault | undefined {
  const isTemplate = path.includes('{*}') || path.includes('{**}');
  if (!isTemplate && !brace.test(path)) return undefined;
  let open = false;
  for (const segment of trimSlashes(path).split('/')) {
    if (segment === '{*}' || segment === '{**}') {
      if (open) return after(path, segment);
      open = segment === '{**}';
    } else if (brace.test(segment)) {
      return {
        problem: `The path ${quoted(path)} has braces that are no template in ${quoted(segment)}`,
        help: advice,
      };
    } else if (isTemplate && !segmentCharacters.test(segment)) {
      return literal(path, segment);
    }
  }
  return undefined;
}

function trimSlashes(path: string): string {
  let start = 0;
  let end = path.length;
  while (path[start] === '/') start++;
  while (end > start && path[end - 1] === '/') end--;
  return path.slice(start, end);
}

function after(path: string, segment: string): Fault {
  return {
    problem: `The path ${quoted(path)} has ${segment} after {**}, which already takes all that follows`,
    help: 'Let {**} be the last template of the path',
  };
}

function literal(path: string, segment: string): Fault {
  if (segment === '') {
    return {
      problem: `The path ${quoted(path)} has an empty segment`,
      help: 'Write one slash between segments',
    };
  }
  return {
    problem: `The path ${quoted(path)} mixes a template with ${quoted(segment)}`,
    help: segment.includes('*')
      ? 'In a path with templates write {*} or {**} instead of *'
      : 'Encode characters that a path cannot have, such as a space as %20',
  };
}
