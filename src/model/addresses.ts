/** An address or a range of them, as bytes and the number of leading bits that count. */
export interface AddressRange {
  readonly bytes: readonly number[];
  readonly bits: number;
}

/** Reads `10.0.0.1`, `10.0.0.0/8`, `fd00::1` or `fd00::/8`; undefined for what Go's net/netip would not read. */
export function parseRange(text: string): AddressRange | undefined {
  const [address = '', bits, ...rest] = text.split('/');
  if (rest.length > 0) return undefined;
  const bytes = address.includes(':') ? parseIpv6(address) : parseIpv4(address);
  if (bytes === undefined) return undefined;
  const all = bytes.length * 8;
  if (bits === undefined) return { bytes, bits: all };
  return isNumber(bits) && Number(bits) <= all ? { bytes, bits: Number(bits) } : undefined;
}

/** Digits without a sign and without zeros in front. */
function isNumber(text: string): boolean {
  return /^(?:0|[1-9]\d{0,2})$/.test(text);
}

function parseIpv4(text: string): readonly number[] | undefined {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => isNumber(part) && Number(part) <= 255)
    ? parts.map(Number)
    : undefined;
}

function parseIpv6(text: string): readonly number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, i) => groupsOf(half, i === halves.length - 1));
  if (head === undefined) return undefined;
  if (halves.length === 1) return head.length === 16 ? head : undefined;
  const missing = 16 - head.length - (tail?.length ?? 0);
  if (tail === undefined || missing < 2) return undefined;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

/** The bytes of groups between colons; the very last one may be an IPv4 address. */
function groupsOf(half: string, isLast: boolean): readonly number[] | undefined {
  if (half === '') return [];
  const groups = half.split(':');
  const bytes: number[] = [];
  for (const [i, group] of groups.entries()) {
    const embedded = isLast && i === groups.length - 1 && group.includes('.') ? parseIpv4(group) : undefined;
    if (embedded !== undefined) bytes.push(...embedded);
    else if (/^[\da-f]{1,4}$/i.test(group)) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 255);
    } else return undefined;
  }
  return bytes;
}
