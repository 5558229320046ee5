import type { CelInput } from '@bufbuild/cel';
import { describe, expect, test } from 'vitest';
import { createCelCompiler } from './expression.ts';

const compiler = createCelCompiler();

/** What an expression gives for `self`: its value, or why it has none. */
function evaluate(expression: string, self: CelInput = ''): unknown {
  const compiled = compiler.compile(expression);
  if ('problem' in compiled) return `problem: ${compiled.problem}`;
  const outcome = compiled.evaluate(self);
  if ('error' in outcome) return `error: ${outcome.error}`;
  return 'unknown' in outcome ? `unknown: ${outcome.unknown}` : outcome.value;
}

const map = (fields: Record<string, CelInput>): CelInput => new Map(Object.entries(fields));

describe('holds', () => {
  const cases: readonly (readonly [expression: string, self?: CelInput])[] = [
    // The language.
    ['self.size() == 1 && self[0].a > 0', [map({ a: 1n })]],
    ['has(self.a) && !has(self.b)', map({ a: 1n })],
    ['self.all(k, k.startsWith("a")) && self.exists_one(k, k == "ab")', map({ a: 1n, ab: 2n })],
    ['self.map(x, x > 1, x * 2) == [4] && self.filter(x, x > 1) == [2]', [1n, 2n]],
    ['1 < 2.5 && dyn(1) == 1.0 && self == 1.0', 1n],
    ['self.matches("^(?i)ABC$")', 'abc'],
    ['size(self) == 2', 'é😀'],
    ['duration(self) >= duration("1ms") && duration("90s") == duration("1m30s")', '1s'],
    ['has(self.__namespace__) && self.x__dash__y == 1', map({ __namespace__: 'a', x__dash__y: 1n })],
    // Two variables.
    ['self.all(i, v, v > i) && self.exists(i, v, i == 1 && v == 3)', [1n, 3n]],
    ['self.all(k, v, k == v) && self.existsOne(k, v, v == "a")', map({ a: 'a' })],
    ['self.transformList(i, v, i > 0, v * 2) == [6] && self.transformList(i, v, v + i) == [1, 4]', [1n, 3n]],
    [
      'self.transformMap(k, v, v + 1) == {"a": 2} && self.transformMap(k, v, k != "a", v) == {}',
      map({ a: 1n }),
    ],
    ['self.transformMapEntry(k, v, {v: k}) == {1: "a"}', map({ a: 1n })],
    ['cel.bind(n, self.size(), n * n == 4)', [1n, 2n]],
    // Optional values.
    ['self.?a.orValue("x") == "y" && self.?b.orValue("x") == "x"', map({ a: 'y' })],
    ['self.?a.b.orValue("x") == "x" && self.?a.?b.c.orValue(1) == 1', map({})],
    ['self.a.?b.orValue(0) == 2 && self.?a.b.hasValue()', map({ a: map({ b: 2n }) })],
    [
      'self.a[?0].orValue("n") == "k" && self.a[?1].orValue("n") == "n" && self.?a[0].value() == "k"',
      map({ a: ['k'] }),
    ],
    ['self[?"x.y"].orValue("") == "z"', map({ 'x.y': 'z' })],
    [
      'self.?a.optMap(x, x + 1).orValue(0) == 3 && self.?b.optMap(x, x + 1).or(optional.of(9)).value() == 9',
      map({ a: 2n }),
    ],
    ['self.?a.optFlatMap(x, x.?b).orValue(5) == 5', map({ a: map({}) })],
    ['!oldSelf.hasValue() && !optional.none().hasValue() && !optional.ofNonZeroValue("").hasValue()'],
    ['"a.?b" == self && "[?" != self', 'a.?b'],
    // Lists and sets.
    [
      'self.sum() == 6 && self.max() == 3 && self.min() == 1 && self.isSorted() && ![2, 1].isSorted()',
      [1n, 2n, 3n],
    ],
    ['self.indexOf(2) == 1 && self.lastIndexOf(2) == 2 && self.indexOf(9) == -1', [1n, 2n, 2n]],
    ['[3, 1, 2].sortBy(x, -x) == [3, 2, 1] && [[1], [2]].flatten() == [1, 2] && [1, 1].distinct() == [1]'],
    [
      '[1, 2, 3].slice(1, 2) == [2] && [1, 2].reverse() == [2, 1] && [2, 1].sort() == [1, 2] && lists.range(2) == [0, 1]',
    ],
    ['sets.contains([1, 2], [1]) && sets.equivalent([1, 2], [2, 1, 1]) && !sets.intersects([1], [2])'],
    // Texts.
    [
      'self.find("[0-9]+") == "12" && self.findAll("[0-9]+") == ["12", "3"] && self.findAll("[0-9]+", 1) == ["12"]',
      'a12b3',
    ],
    [
      'self.split(",", 2) == ["a", "b,c"] && self.split(",")[2] == "c" && self.replace(",", "") == "abc"',
      'a,b,c',
    ],
    [
      '["a", "b"].join("-") == "a-b" && "%s has %d".format(["x", 2]) == "x has 2" && " A ".trim().lowerAscii() == "a"',
    ],
    // Quantities.
    ['quantity(self) == quantity("1000m") && quantity("200M").compareTo(quantity("0.2G")) == 0', '1'],
    ['quantity("50k").add(20).sub(quantity("100k")).sub(-50000) == quantity("20")'],
    ['quantity("1.5Gi").asInteger() == 1610612736 && quantity("2Gi").isGreaterThan(quantity("1Gi"))'],
    ['!quantity("9999999999999999999999999999999999999G").isInteger() && !quantity("100m").isInteger()'],
    [
      'isQuantity("1.3Gi") && !isQuantity("200K") && !isQuantity("1,3G") && !isQuantity("Mi") && isQuantity("1e3")',
    ],
    ['quantity("-1").sign() == -1 && quantity("100m").asApproximateFloat() == 0.1'],
    // Addresses.
    ['ip("::1") == ip("0:0:0:0:0:0:0:1") && ip("::1").family() == 6 && ip("::1").isLoopback()'],
    ['!isIP("1.2.3.04") && !isIP("::ffff:1.2.3.4") && !isIP("fe80::1%eth0") && isIP("::1.2.3.4")'],
    ['string(ip("2001:db8:0:0:1:0:0:1")) == "2001:db8::1:0:0:1" && !ip.isCanonical("2001:DB8::1")'],
    [
      'ip("fe80::1").isLinkLocalUnicast() && ip("10.0.0.1").isGlobalUnicast() && ip("ff02::1").isLinkLocalMulticast()',
    ],
    [
      'cidr("192.168.0.0/24").containsIP("192.168.0.9") && !cidr("192.168.0.0/24").containsIP(ip("192.168.1.9"))',
    ],
    [
      'cidr("10.0.0.0/8").containsCIDR("10.1.0.0/16") && !cidr("10.1.0.0/16").containsCIDR(cidr("10.0.0.0/8"))',
    ],
    ['cidr("10.1.2.3/8").masked() == cidr("10.0.0.0/8") && cidr("10.1.2.3/8").ip() == ip("10.1.2.3")'],
    ['isCIDR("2001:db8::/32") && !isCIDR("10.0.0.0") && cidr("::/0").prefixLength() == 0'],
    // URLs.
    ['url("https://u:p@example.com:80/a?x=1#f").getHost() == "example.com:80"'],
    ['url("https://[::1]:80/a").getHostname() == "::1" && url("https://[::1]:80/a").getPort() == "80"'],
    ['url("https://example.com/a%20b/c").getEscapedPath() == "/a%20b/c" && url("/x").getScheme() == ""'],
    ['url("http://e.com/?k=a&k=b").getQuery() == {"k": ["a", "b"]}'],
    ['!isURL("example.com") && isURL("/path") && isURL("oci://registry/x:1")'],
    // Formats and versions.
    ['format.dns1123Label().validate("abc") == null && format.dns1123Label().validate("a_b").hasValue()'],
    ['format.named("uuid").hasValue() && !format.named("email").hasValue()'],
    ['!format.date().validate("2024-02-29").hasValue() && format.date().validate("2023-02-29").hasValue()'],
    ['semver("1.2.3").isLessThan(semver("1.10.0")) && semver("1.0.0-rc.1").compareTo(semver("1.0.0")) == -1'],
    ['semver("v01.2", true) == semver("1.2.0") && !isSemver("v1.2.3") && semver("1.2.3+x").patch() == 3'],
  ];
  test.each(cases.map(([expression, self]) => ({ expression, self })))(
    '$expression',
    ({ expression, self }) => {
      expect(evaluate(expression, self)).toBe(true);
    },
  );
});

describe('fails as in the API server', () => {
  test.each<readonly [expression: string, self: CelInput, expected: RegExp]>([
    ['[].max()', '', /^error: max called on empty list/],
    ['self.x == 1', map({}), /^error: field not found: x/],
    ['self[3] == 1', [1n], /^error: index/],
    ['duration(self) > duration("1s")', 'abc', /^error: Failed to parse duration/],
    ['1 / self == 1', 0n, /^error: /],
    ['quantity(self).isInteger()', 'three', /^error: three is no quantity/],
    ['ip(self).family() == 4', 'x', /^error: x is no IP address/],
  ])('%s', (expression, self, expected) => {
    expect(evaluate(expression, self)).toMatch(expected);
  });
});

describe('is not understood', () => {
  test.each([
    ['self.nope()', /^problem: it calls nope\(\)/],
    ['self > limit', /^problem: it names limit/],
    ['self.spec.', /^problem: /],
    ['authorizer.group("")', /^problem: /],
    ['self > 5', /^unknown: found no matching overload/],
    ['self.matches("(")', /^unknown: error parsing regexp/],
  ])('%s', (expression, expected) => {
    expect(evaluate(expression, 'text')).toMatch(expected);
  });
});

test('an expression says what it looks at', () => {
  const seen = ['self.a > 1 && has(self.b) && self.c.d', 'self.all(x, x > 1)', 'oldSelf == self'].map(
    (text) => {
      const compiled = compiler.compile(text);
      return 'problem' in compiled
        ? compiled.problem
        : [compiled.fields && [...compiled.fields], compiled.usesOldSelf];
    },
  );
  expect(seen).toEqual([
    [['a', 'b', 'c'], false],
    [undefined, false],
    [undefined, true],
  ]);
});
