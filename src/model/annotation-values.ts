import type { AnnotationValue } from './annotations.ts';

/** What is wrong with a value that is not what it has to be, in words that go on after a colon; else undefined. */
export function problemOf(
  kind: Exclude<AnnotationValue, 'proxy configuration'>,
  value: string,
): string | undefined {
  return checks[kind](value);
}

type Check = (value: string) => string | undefined;

/**
 * How the sidecar injector reads values (pkg/kube/inject/validate.go), and after it who else does: the CNI
 * (cni/pkg/plugin/sidecar_redirect.go, cni/pkg/nodeagent/net.go), and istiod for Services.
 */
const checks: Readonly<Record<Exclude<AnnotationValue, 'proxy configuration'>, Check>> = {
  boolean: oneOf('is neither `true` nor `false`', /^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/),
  'interception mode': oneOf('is none of `REDIRECT`, `TPROXY` and `NONE`', /^(?:REDIRECT|TPROXY|NONE)$/),
  'interface list': listOf(interfaceProblem, (item) => item.trim()),
  'IP range list': listOf(rangeProblem),
  'IP range list or star': orStar(listOf(rangeProblem)),
  percentage(value) {
    const isPercentage = /^[+-]?\d+$/.test(value) && Number(value) >= 0 && Number(value) <= 100;
    return isPercentage ? undefined : `${quoted(value)} is no whole number from 0 to 100`;
  },
  port: (value) => (value.trim() === '' ? 'it is empty' : portProblem(value.trim())),
  'port list': portList,
  'port list or star': orStar(portList),
  quantity: quantityProblem,
  'traffic distribution': oneOf(
    'is none of `PreferClose`, `PreferSameZone` and `PreferSameNode`',
    /^(?:|PreferClose|PreferSameZone|PreferSameNode)$/i,
  ),
  'true or false': oneOf('is neither `true` nor `false`', /^(?:|true|false)$/),
  uint32(value) {
    const isCount = /^\d+$/.test(value) && Number(value) <= 0xff_ff_ff_ff;
    return isCount ? undefined : `${quoted(value)} is no whole number from 0 on`;
  },
};

function oneOf(complaint: string, right: RegExp): Check {
  return (value) => (right.test(value) ? undefined : `${quoted(value)} ${complaint}`);
}

function orStar(check: Check): Check {
  return (value) => (value === '*' ? undefined : check(value));
}

/** A list by commas; an empty text is an empty list. */
function listOf(check: Check, read: (item: string) => string = (item) => item): Check {
  return (value) => {
    if (value === '') return undefined;
    for (const item of value.split(',')) {
      const problem = check(read(item));
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
}

function portList(value: string): string | undefined {
  return listOf(portProblem, (item) => item.trim())(value.trim());
}

function portProblem(text: string): string | undefined {
  if (text === '') return 'an item of the list is empty';
  if (/^\d+$/.test(text) && Number(text) <= 65_535) return undefined;
  return /^\d+-\d+$/.test(text)
    ? `${quoted(text)} is a range, and each port has to be listed`
    : `${quoted(text)} is no port number`;
}

/** The names of network interfaces (`ValidateInterfaceNames` in pkg/util/net/ip.go). */
function interfaceProblem(name: string): string | undefined {
  if (name === '') return 'an item of the list is empty';
  if (name.length > 15) return `${quoted(name)} is longer than the 15 characters of an interface name`;
  return /^[a-zA-Z][a-zA-Z0-9_.-]*$/.test(name) ? undefined : `${quoted(name)} is no name of an interface`;
}

/** IP ranges as netip.ParsePrefix reads them: no spaces, and always with a length. */
function rangeProblem(text: string): string | undefined {
  if (text === '') return 'an item of the list is empty';
  if (text !== text.trim()) return `${quoted(text)} has a space, which is not allowed between ranges`;
  const slash = text.lastIndexOf('/');
  if (slash < 0) {
    const length = ipBits(text);
    return length === undefined
      ? `${quoted(text)} is no IP range`
      : `${quoted(text)} is an address without a length, as in \`${text}/${length}\``;
  }
  const most = ipBits(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (most === undefined) return `${quoted(text)} does not begin with an IP address`;
  return /^(?:0|[1-9]\d*)$/.test(length) && Number(length) <= most
    ? undefined
    : `${quoted(text)} has no length from 0 to ${most}`;
}

/** How many bits an IP address has; undefined for anything else. */
function ipBits(text: string): 32 | 128 | undefined {
  if (isIpv4(text)) return 32;
  const halves = text.split('::');
  if (halves.length > 2 || !text.includes(':')) return undefined;
  let groups = 0;
  for (const [i, half] of halves.entries()) {
    const parts = half === '' ? [] : half.split(':');
    const last = parts.at(-1);
    if (last !== undefined && i === halves.length - 1 && isIpv4(last)) {
      parts.pop();
      groups += 2;
    }
    if (!parts.every((part) => /^[0-9a-fA-F]{1,4}$/.test(part))) return undefined;
    groups += parts.length;
  }
  return (halves.length === 2 ? groups < 8 : groups === 8) ? 128 : undefined;
}

function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return (
    parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
  );
}

/** Amounts of CPU and memory (`ParseQuantity` of k8s.io/apimachinery). */
function quantityProblem(value: string): string | undefined {
  const parts = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?<unit>.*)$/s.exec(value);
  if (parts === null) return `${quoted(value)} is no amount like \`100m\` or \`128Mi\``;
  const unit = parts.groups?.unit ?? '';
  if (/^(?:|[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)$/.test(unit)) return undefined;
  const meant = nearestUnit(unit.trim());
  return `${quoted(unit)} is no unit${meant === undefined ? '' : `; \`${meant}\` is one`}`;
}

/** The unit that was meant by `mb`, `MiB` or ` m`. */
function nearestUnit(written: string): string | undefined {
  if (written === 'm') return written;
  const plain = written.replace(/b$/i, '').toLowerCase();
  return ['Ki', 'Mi', 'Gi', 'Ti', 'k', 'M', 'G', 'T'].find((unit) => unit.toLowerCase() === plain);
}

function quoted(text: string): string {
  return text.includes('`') || text === '' || text !== text.trim() ? `"${text}"` : `\`${text}\``;
}
