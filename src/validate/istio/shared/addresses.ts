import { type Fault, quoted } from './fault.ts';

const group = /^[0-9a-fA-F]{1,4}$/;
/** A number as addresses have them, without leading zeros. */
const plainNumber = /^(?:0|[1-9]\d{0,2})$/;

/** Whether a text is an IPv4 address: four numbers up to 255 without leading zeros. */
function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => plainNumber.test(part) && Number(part) <= 255);
}

/** Whether a text is an IPv6 address, with an IPv4 tail or a zone if it has them (Go's `netip.ParseAddr`). */
export function isIpv6(text: string): boolean {
  const percent = text.indexOf('%');
  if (percent === text.length - 1) return false;
  const address = percent === -1 ? text : text.slice(0, percent);
  const halves = address.split('::');
  if (halves.length > 2) return false;
  const [head = '', tail] = halves;
  const groups = (head === '' ? [] : head.split(':')).concat(
    tail === undefined || tail === '' ? [] : tail.split(':'),
  );
  let count = groups.length;
  const last = groups.at(-1);
  // An IPv4 tail ends the address, and stands for two groups.
  if (last?.includes('.')) {
    if (tail === '' || !isIpv4(last)) return false;
    groups.pop();
    count += 1;
  }
  return groups.every((part) => group.test(part)) && (tail === undefined ? count === 8 : count < 8);
}

/** Whether a text is an IP address. */
export function isIp(text: string): boolean {
  return isIpv4(text) || (text.includes(':') && isIpv6(text));
}

/** Whether a text is a block of addresses, `10.0.0.0/8` or `2001:db8::/32` (Go's `netip.ParsePrefix`). */
export function isCidr(text: string): boolean {
  const slash = text.lastIndexOf('/');
  if (slash === -1) return false;
  const address = text.slice(0, slash);
  const length = text.slice(slash + 1);
  if (!plainNumber.test(length)) return false;
  if (isIpv4(address)) return Number(length) <= 32;
  return !address.includes('%') && isIp(address) && Number(length) <= 128;
}

/** An IP address (`ValidateIPAddress`, config/validation/agent). */
export function ipFault(text: string): Fault | undefined {
  if (isIp(text)) return undefined;
  return {
    problem: text === '' ? 'The address is empty' : `${quoted(text)} is not an IP address`,
    help: 'Write an IPv4 or IPv6 address',
  };
}

/** An IP address or a block of them (`ValidateIPSubnet`, config/validation/agent). */
export function subnetFault(text: string): Fault | undefined {
  if (text.includes('/') ? isCidr(text) : isIp(text)) return undefined;
  return {
    problem: text === '' ? 'The address is empty' : `${quoted(text)} is no IP address and no CIDR block`,
    help: 'Write an address such as 10.1.2.3, or a block such as 10.0.0.0/8',
  };
}

/** The path of a Unix domain socket, without `unix://` (`ValidateUnixAddress`, config/validation). */
export function unixPathFault(path: string): Fault | undefined {
  // A name that begins with @ is an abstract socket, which has no file.
  if (path.startsWith('@') || (path.startsWith('/') && !path.endsWith('/'))) return undefined;
  return {
    problem:
      path === ''
        ? 'The path of the socket is empty'
        : `${quoted(path)} is not the absolute path of a socket`,
    help: 'Write unix:// and an absolute path to the socket, such as unix:///var/run/app.sock',
  };
}
