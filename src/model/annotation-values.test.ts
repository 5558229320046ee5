import { describe, expect, test } from 'vitest';
import { problemOf } from './annotation-values.ts';

type Kind = Parameters<typeof problemOf>[0];

const right: Readonly<Record<Kind, readonly string[]>> = {
  boolean: ['true', 'TRUE', 'True', 't', '1', 'false', 'F', '0'],
  'interception mode': ['REDIRECT', 'TPROXY', 'NONE'],
  'interface list': ['', 'eth0', 'docker0, net1', 'br-0.1'],
  'IP range list': [
    '',
    '10.0.0.0/8',
    '10.0.0.0/8,fd00::/8',
    '::/0',
    '::ffff:1.2.3.4/128',
    '1:2:3:4:5:6:7:8/64',
  ],
  'IP range list or star': ['*', '', '10.0.0.0/32'],
  percentage: ['0', '100', '+7', '007'],
  port: ['0', ' 8080 ', '65535'],
  'port list': ['', ' ', '80', '80, 443', '0080'],
  'port list or star': ['*', '80,443', ''],
  quantity: ['1', '0.5', '.5', '5.', '100m', '128Mi', '1e9', '1E3', '2E', '+1k', '-1', '10n', '10u'],
  'traffic distribution': ['', 'PreferClose', 'preferclose', 'PreferSameZone', 'PreferSameNode'],
  'true or false': ['', 'true', 'false'],
  uint32: ['0', '4294967295'],
};

const wrong: Readonly<Record<Kind, readonly (readonly [value: string, problem: string])[]>> = {
  boolean: [
    ['yes', '`yes` is neither `true` nor `false`'],
    ['', '"" is neither `true` nor `false`'],
    ['tRUE', '`tRUE` is neither `true` nor `false`'],
  ],
  'interception mode': [['redirect', '`redirect` is none of `REDIRECT`, `TPROXY` and `NONE`']],
  'interface list': [
    ['eth0,', 'an item of the list is empty'],
    ['eth 0', '`eth 0` is no name of an interface'],
    ['0eth', '`0eth` is no name of an interface'],
    ['averylonginterface', '`averylonginterface` is longer than the 15 characters of an interface name'],
  ],
  'IP range list': [
    ['*', '`*` is no IP range'],
    ['10.0.0.0/8, 11.0.0.0/8', '" 11.0.0.0/8" has a space, which is not allowed between ranges'],
    ['10.0.0.0/8,', 'an item of the list is empty'],
    ['10.96.0.1', '`10.96.0.1` is an address without a length, as in `10.96.0.1/32`'],
    ['fd00::', '`fd00::` is an address without a length, as in `fd00::/128`'],
    ['10.0.0.0/33', '`10.0.0.0/33` has no length from 0 to 32'],
    ['10.0.0.0/08', '`10.0.0.0/08` has no length from 0 to 32'],
    ['fd00::/129', '`fd00::/129` has no length from 0 to 128'],
    ['10.0.0/8', '`10.0.0/8` does not begin with an IP address'],
    ['010.0.0.0/8', '`010.0.0.0/8` does not begin with an IP address'],
    ['1:2:3:4:5:6:7/64', '`1:2:3:4:5:6:7/64` does not begin with an IP address'],
    ['1::2::3/64', '`1::2::3/64` does not begin with an IP address'],
    ['1:2:3:4:5:6:7::8/64', '`1:2:3:4:5:6:7::8/64` does not begin with an IP address'],
    ['example.com', '`example.com` is no IP range'],
  ],
  'IP range list or star': [['*,10.0.0.0/8', '`*` is no IP range']],
  percentage: [
    ['101', '`101` is no whole number from 0 to 100'],
    ['10%', '`10%` is no whole number from 0 to 100'],
    ['', '"" is no whole number from 0 to 100'],
  ],
  port: [
    ['65536', '`65536` is no port number'],
    ['http', '`http` is no port number'],
    ['', 'it is empty'],
  ],
  'port list': [
    ['*', '`*` is no port number'],
    ['8080-8090', '`8080-8090` is a range, and each port has to be listed'],
    ['80,,443', 'an item of the list is empty'],
    ['80 443', '`80 443` is no port number'],
  ],
  'port list or star': [['80,*', '`*` is no port number']],
  quantity: [
    ['', '"" is no amount like `100m` or `128Mi`'],
    ['lots', '`lots` is no amount like `100m` or `128Mi`'],
    ['.', '`.` is no amount like `100m` or `128Mi`'],
    ['128MB', '`MB` is no unit; `M` is one'],
    ['128mi', '`mi` is no unit; `Mi` is one'],
    ['128MiB', '`MiB` is no unit; `Mi` is one'],
    ['100 m', '" m" is no unit; `m` is one'],
    ['100m\n', '"m\n" is no unit; `m` is one'],
    ['2cores', '`cores` is no unit'],
  ],
  'traffic distribution': [
    ['Closest', '`Closest` is none of `PreferClose`, `PreferSameZone` and `PreferSameNode`'],
  ],
  'true or false': [['disabled', '`disabled` is neither `true` nor `false`']],
  uint32: [
    ['5s', '`5s` is no whole number from 0 on'],
    ['-1', '`-1` is no whole number from 0 on'],
    ['4294967296', '`4294967296` is no whole number from 0 on'],
    [' 5', '" 5" is no whole number from 0 on'],
  ],
};

describe.each(Object.entries(right))('a right %s', (kind, values) => {
  test.each(values)('"%s"', (value) => {
    expect(problemOf(kind as Kind, value)).toBeUndefined();
  });
});

describe.each(Object.entries(wrong))('a wrong %s', (kind, values) => {
  test.each(values)('"%s"', (value, problem) => {
    expect(problemOf(kind as Kind, value)).toBe(problem);
  });
});
