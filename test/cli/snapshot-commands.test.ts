// Every command takes a snapshot wherever it takes paths.
import { expect, test } from 'vitest';
import { run, withTree } from './run.ts';
import { namespace, route, snapshotText, stateOf } from './snapshots.ts';

const labels = { app: 'cart' };
const cart = [
  namespace('shop'),
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'cart', namespace: 'shop' },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'cart', image: 'cart', ports: [{ containerPort: 80 }] }] },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'cart', namespace: 'shop' },
    spec: { selector: labels, ports: [{ name: 'http', port: 80 }] },
  },
  route('till', 'shop/public'),
];
const east = stateOf('east', cart);
const west = stateOf('west', [namespace('shop')]);
const policy = `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: shop }
spec: { mtls: { mode: STRICT } }
`;

/** The command before its paths, what it says of cluster east, and with which exit code. */
const commands: readonly (readonly [args: string, shows: RegExp, code: number])[] = [
  ['analyze --rule IST0101', /Gateway shop\/public does not exist/, 1],
  ['describe Service/shop/cart', /before Deployment shop\/cart/, 0],
  ['explain waypoint Service/shop/cart', /No waypoint/, 0],
  ['explain authz shop/cart', /No AuthorizationPolicy|allow/i, 0],
  ['explain mtls --from shop/cart --to shop/cart', /mtls|TLS|plain/i, 0],
  ['graph', /VirtualService\/shop\/till/, 0],
  ['world', /^World live/, 0],
  ['baseline --rule IST0101', /meshlint-baseline\.json: 1 known finding/, 0],
  ['diff-impact --rule IST0101 --deleted Namespace/other', /to cluster east: 0 objects added/, 0],
];

test.each(commands)(
  'meshlint %s',
  async (args, shows, code) => {
    const text = await snapshotText(east);
    const both = await snapshotText(east, west);
    const files = {
      one: text,
      two: both,
      cut: text.slice(0, -3),
      'two-cut': both.slice(0, text.length + 9),
      foreign: text.replace('"version":1', '"version":2'),
      broken: text.replace('{"apiVersion":"v1"', '{"apiVersion":'),
      'policy.yaml': policy,
    };
    await withTree(files, async (cwd) => {
      const meshlint = (paths: string, input = '') =>
        run([...args.split(' '), ...paths.split(' ')], { cwd, input });
      const whole = await meshlint('one');
      expect(whole.stdout).toMatch(shows);
      expect(whole.code, whole.stderr).toBe(code);

      // The first one has written a baseline.
      const again = args.startsWith('baseline') ? await meshlint('one') : whole;
      expect(await meshlint('-', text)).toEqual(again);
      expect(await meshlint('two --context east')).toEqual(again);
      expect(await meshlint('- --context east', both)).toEqual(again);

      const laid = await meshlint('two policy.yaml --context east');
      expect(laid.code, laid.stderr).toBe(code);
      expect(laid.stdout).not.toBe('');

      const isReport = /^(?:analyze|baseline)/.test(args);
      const choice = await meshlint('two');
      if (!isReport) {
        expect(choice).toMatchObject({ code: 2, stdout: '' });
        expect(choice.stderr).toMatch(
          /^error: The snapshot holds 2 clusters \(east, west\), .*\n {2}help: Choose one: --context east\.\n$/,
        );
      }
      for (const [paths, says] of [
        ['cut', 'The snapshot cut is cut off'],
        ['two-cut --context east', 'The snapshot two-cut is cut off'],
        ['foreign', 'The snapshot foreign was taken by a newer meshlint'],
        ['broken policy.yaml', 'The snapshot broken is damaged: line 2 is no JSON object'],
      ] as const) {
        const { stderr, ...rest } = await meshlint(paths);
        expect(rest).toEqual({ code: 3, stdout: '' });
        expect(stderr.startsWith(`error: ${says}`), stderr).toBe(true);
      }
    });
  },
  60_000,
);
