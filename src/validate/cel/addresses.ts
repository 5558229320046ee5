import { type CelInput, celFunc, celMethod } from '@bufbuild/cel';
import { isCidr, isIp } from '../istio/shared/addresses.ts';
import { BOOL, DYN, expectText, INT, MAP, opaque, STRING } from './values.ts';

interface Address {
  readonly bits: bigint;
  readonly family: 4 | 6;
}

/** An address of which nothing is in doubt: no zone, and no IPv4 address dressed as IPv6. */
function isAddress(text: string): boolean {
  return isIp(text) && !text.includes('%') && !isMapped(bitsOf(text));
}

function isBlock(text: string): boolean {
  return isCidr(text) && !isMapped(bitsOf(text.slice(0, text.lastIndexOf('/'))));
}

function isMapped({ bits, family }: Address): boolean {
  return family === 6 && bits >> 32n === 0xffffn;
}

function bitsOf(text: string): Address {
  if (!text.includes(':')) return { bits: ipv4Bits(text), family: 4 };
  const [address = ''] = text.split('%');
  const groups = address.replace(/[\d.]+$/, (tail) => {
    if (!tail.includes('.')) return tail;
    const bits = ipv4Bits(tail);
    return `${(bits >> 16n).toString(16)}:${(bits & 0xffffn).toString(16)}`;
  });
  const [head = '', tail] = groups.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const all = [
    ...before,
    ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'),
    ...after,
  ];
  return { bits: all.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n), family: 6 };
}

function ipv4Bits(text: string): bigint {
  return text.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

/** The address as Go writes it (RFC 5952). */
function canonical({ bits, family }: Address): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 255n)).join('.');
  const groups = Array.from({ length: 8 }, (_, at) =>
    ((bits >> BigInt(112 - 16 * at)) & 0xffffn).toString(16),
  );
  const runs = [
    ...groups
      .map((group) => (group === '0' ? '0' : 'x'))
      .join('')
      .matchAll(/00+/g),
  ];
  const longest = runs.reduce<RegExpExecArray | undefined>(
    (best, run) => (best === undefined || run[0].length > best[0].length ? run : best),
    undefined,
  );
  if (longest === undefined) return groups.join(':');
  const from = longest.index;
  return `${groups.slice(0, from).join(':')}::${groups.slice(from + longest[0].length).join(':')}`;
}

function ipText(text: string): string {
  if (!isAddress(text)) throw new Error(`${text} is no IP address`);
  return canonical(bitsOf(text));
}

function cidrText(text: string): string {
  if (!isBlock(text)) throw new Error(`${text} is no CIDR block`);
  const slash = text.lastIndexOf('/');
  return `${canonical(bitsOf(text.slice(0, slash)))}/${text.slice(slash + 1)}`;
}

interface Block extends Address {
  readonly length: number;
}

function blockOf(text: string): Block {
  const slash = text.lastIndexOf('/');
  return { ...bitsOf(text.slice(0, slash)), length: Number(text.slice(slash + 1)) };
}

function shiftOf({ family, length }: Block): bigint {
  return BigInt((family === 4 ? 32 : 128) - length);
}

function contains(block: Block, { bits, family }: Address): boolean {
  return block.family === family && bits >> shiftOf(block) === block.bits >> shiftOf(block);
}

function containsBlock(block: Block, other: Block): boolean {
  return block.length <= other.length && contains(block, other);
}

function masked(text: string): CelInput {
  const block = blockOf(text);
  const shift = shiftOf(block);
  return opaque('cidr', `${canonical({ ...block, bits: (block.bits >> shift) << shift })}/${block.length}`);
}

/** The kinds of addresses, as Go's `netip.Addr` tells them apart. */
const is = {
  isUnspecified: ({ bits }: Address) => bits === 0n,
  isLoopback: ({ bits, family }: Address) => (family === 4 ? bits >> 24n === 127n : bits === 1n),
  isLinkLocalMulticast: ({ bits, family }: Address) =>
    family === 4 ? bits >> 8n === 0xe00000n : bits >> 120n === 0xffn && ((bits >> 112n) & 0xfn) === 2n,
  isLinkLocalUnicast: ({ bits, family }: Address) =>
    family === 4 ? bits >> 16n === 0xa9fen : bits >> 118n === 0x3fan,
  isGlobalUnicast: (address: Address) => {
    const { bits, family } = address;
    const multicast = family === 4 ? bits >> 28n === 0xen : bits >> 120n === 0xffn;
    if (family === 4 && bits === 0xffffffffn) return false;
    return (
      !multicast && !is.isUnspecified(address) && !is.isLoopback(address) && !is.isLinkLocalUnicast(address)
    );
  },
};

/** Kubernetes' addresses and blocks of them (pkg/cel/library/ip.go and cidr.go). */
export const addressFunctions = [
  celFunc('ip', [STRING], DYN, (text) => opaque('ip', ipText(text))),
  celFunc('isIP', [STRING], BOOL, isAddress),
  celFunc('ip.isCanonical', [STRING], BOOL, (text) => ipText(text) === text),
  celFunc('cidr', [STRING], DYN, (text) => opaque('cidr', cidrText(text))),
  celFunc('isCIDR', [STRING], BOOL, isBlock),
  celFunc('string', [MAP], STRING, (value) => expectText(value, 'ip', 'cidr')),
  celMethod('family', MAP, [], INT, function () {
    return BigInt(bitsOf(expectText(this, 'ip')).family);
  }),
  ...Object.entries(is).map(([name, test]) =>
    celMethod(name, MAP, [], BOOL, function () {
      return test(bitsOf(expectText(this, 'ip')));
    }),
  ),
  celMethod('ip', MAP, [], DYN, function () {
    return opaque('ip', expectText(this, 'cidr').replace(/\/\d+$/, ''));
  }),
  celMethod('prefixLength', MAP, [], INT, function () {
    return BigInt(blockOf(expectText(this, 'cidr')).length);
  }),
  celMethod('masked', MAP, [], DYN, function () {
    return masked(expectText(this, 'cidr'));
  }),
  ...[STRING, MAP].flatMap((argument) => [
    celMethod('containsIP', MAP, [argument], BOOL, function (other) {
      const address = typeof other === 'string' ? ipText(other) : expectText(other, 'ip');
      return contains(blockOf(expectText(this, 'cidr')), bitsOf(address));
    }),
    celMethod('containsCIDR', MAP, [argument], BOOL, function (other) {
      const block = typeof other === 'string' ? cidrText(other) : expectText(other, 'cidr');
      return containsBlock(blockOf(expectText(this, 'cidr')), blockOf(block));
    }),
  ]),
];
