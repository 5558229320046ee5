import { describe, expect, test } from 'vitest';
import type { Kind } from '../model/kinds.gen.ts';
import { FLOATING } from '../model/names.ts';
import { openTexts } from '../session/session.ts';
import type { World } from './evidence.ts';
import type { WholeGraph } from './graph.ts';
import type { Resource } from './resource.ts';

// The eight rules of the world: what may be called absent. A file is written as `path: manifest manifest …`, a
// manifest as `Kind ns/name` (or `Kind name`, without a namespace).

interface Case {
  readonly name: string;
  readonly world?: World;
  readonly namespace?: string;
  readonly files: Readonly<Record<string, readonly string[] | string>>;
  /** Who asks, by name; and for what. */
  readonly from: string;
  readonly seeks: string;
  readonly answer: string;
}

const cases: readonly Case[] = [
  {
    name: 'named, found in its namespace',
    files: { 'a.yaml': ['VirtualService shop/asks', 'Service shop/cart'] },
    from: 'asks',
    seeks: 'Service shop/cart',
    answer: 'found a.yaml',
  },
  {
    name: 'named, absent where something of the kind is loaded',
    files: { 'a.yaml': ['VirtualService shop/asks', 'Service shop/other'] },
    from: 'asks',
    seeks: 'Service shop/cart',
    answer: 'absent',
  },
  {
    name: 'named, unknown where nothing of the kind is loaded',
    files: { 'a.yaml': ['VirtualService shop/asks', 'Service web/cart'] },
    from: 'asks',
    seeks: 'Service shop/cart',
    answer: 'unknown: no Service is loaded in namespace shop',
  },
  {
    name: 'closed: absent whatever is loaded',
    world: 'closed',
    files: { 'a.yaml': ['VirtualService shop/asks'] },
    from: 'asks',
    seeks: 'Service shop/cart',
    answer: 'absent',
  },
  {
    name: 'open: never absent',
    world: 'open',
    files: { 'a.yaml': ['VirtualService shop/asks', 'Service shop/other'] },
    from: 'asks',
    seeks: 'Service shop/cart',
    answer: 'unknown: the world is open (--world open)',
  },
  {
    name: 'closed: what floats stands in default',
    world: 'closed',
    files: { 'a.yaml': ['VirtualService asks', 'Service cart'] },
    from: 'asks',
    seeks: 'Service default/cart',
    answer: 'found a.yaml',
  },
  {
    name: '-n places what floats',
    namespace: 'shop',
    files: { 'a.yaml': ['VirtualService asks', 'Service cart'] },
    from: 'asks',
    seeks: 'Service shop/cart',
    answer: 'found a.yaml',
  },
  {
    name: 'named reference, only a floating manifest has the name',
    files: { 'a.yaml': ['VirtualService shop/asks', 'Service shop/other', 'Service cart'] },
    from: 'asks',
    seeks: 'Service shop/cart',
    answer: 'unknown: only a manifest without a namespace has this name',
  },
  {
    name: 'floating reference, found among floating ones',
    files: { 'a.yaml': ['VirtualService asks'], 'deep/b.yaml': ['Service cart'] },
    from: 'asks',
    seeks: 'Service ~/cart',
    answer: 'found deep/b.yaml',
  },
  {
    name: 'floating reference, only a named namespace has it',
    files: { 'a.yaml': ['VirtualService asks', 'Service other', 'Service shop/cart'] },
    from: 'asks',
    seeks: 'Service ~/cart',
    answer: 'unknown: it is defined in namespace shop, and the namespace of the one who asks is not known',
  },
  {
    name: 'floating reference, absent with one of the kind in the same folder',
    files: { 'x/a.yaml': ['VirtualService asks'], 'x/b.yaml': ['Service other'] },
    from: 'asks',
    seeks: 'Service ~/cart',
    answer: 'absent',
  },
  {
    name: 'floating reference, unknown with one of the kind only in another folder',
    files: { 'x/a.yaml': ['VirtualService asks'], 'y/b.yaml': ['Service other'] },
    from: 'asks',
    seeks: 'Service ~/cart',
    answer: 'unknown: no Service is loaded beside it',
  },
  {
    name: 'the nearest copy comes first: the same folder before others',
    files: {
      'dev/a.yaml': ['VirtualService shop/asks'],
      'dev/z.yaml': ['Service shop/cart'],
      'base/b.yaml': ['Service shop/cart'],
    },
    from: 'asks',
    seeks: 'Service shop/cart',
    answer: 'found dev/z.yaml',
  },
  {
    name: 'a template in the folder of the one who asks',
    files: {
      'x/a.yaml': ['VirtualService shop/asks'],
      'x/t.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: {{ .x }}}\n',
      'y/b.yaml': ['Service shop/other'],
    },
    from: 'asks',
    seeks: 'Service shop/cart',
    answer: 'unknown: x/t.yaml could not be judged',
  },
  {
    name: 'a template above the evidence',
    files: {
      'x/a.yaml': ['VirtualService shop/asks'],
      'y/t.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: {{ .x }}}\n',
      'y/z/b.yaml': ['Service shop/other'],
    },
    from: 'asks',
    seeks: 'Service shop/cart',
    answer: 'unknown: y/t.yaml could not be judged',
  },
  {
    name: 'a template elsewhere does not matter',
    files: {
      'x/a.yaml': ['VirtualService shop/asks'],
      'y/t.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: {{ .x }}}\n',
      'x/b.yaml': ['Service shop/other'],
    },
    from: 'asks',
    seeks: 'Service shop/cart',
    answer: 'absent',
  },
  {
    name: 'an unparsable document beside it',
    files: {
      'x/a.yaml': ['VirtualService shop/asks', 'Service shop/other'],
      'x/t.yaml': 'apiVersion: "v1\nkind: Service\n',
    },
    from: 'asks',
    seeks: 'Service shop/cart',
    answer: 'unknown: x/t.yaml could not be judged',
  },
  {
    name: 'a kustomization that adds a prefix to the evidence',
    files: {
      'a.yaml': ['VirtualService shop/asks'],
      'k/kustomization.yaml': 'namePrefix: dev-\nresources: [b.yaml]\n',
      'k/b.yaml': ['Service shop/other'],
    },
    from: 'asks',
    seeks: 'Service shop/cart',
    answer: 'unknown: k/kustomization.yaml changes it before it is applied',
  },
  {
    name: 'a kustomization that moves a manifest out of the namespace that it names',
    files: {
      'a.yaml': ['VirtualService shop/asks'],
      'k/kustomization.yaml': 'namespace: other\nresources: [b.yaml]\n',
      'k/b.yaml': ['Service shop/other'],
    },
    from: 'asks',
    seeks: 'Service shop/cart',
    answer: 'unknown: a kustomization that moves it to another namespace changes it before it is applied',
  },
  {
    name: 'a kustomization that sets the namespace places what it lists',
    files: {
      'k/kustomization.yaml': 'namespace: shop\nresources: [b.yaml]\n',
      'k/b.yaml': ['VirtualService asks', 'Service cart'],
    },
    from: 'asks',
    seeks: 'Service shop/cart',
    answer: 'found k/b.yaml',
  },
  {
    name: 'roots that disagree place nothing',
    files: {
      'base/kustomization.yaml': 'resources: [b.yaml]\n',
      'base/b.yaml': ['VirtualService asks', 'Service cart'],
      'dev/kustomization.yaml': 'namespace: dev\nresources: [../base]\n',
      'prod/kustomization.yaml': 'namespace: prod\nresources: [../base]\n',
    },
    from: 'asks',
    seeks: 'Service ~/cart',
    answer: 'found base/b.yaml',
  },
  {
    name: 'a near miss of a known name is offered',
    files: { 'a.yaml': ['VirtualService shop/asks', 'Service shop/catalog'] },
    from: 'asks',
    seeks: 'Service shop/catlaog',
    answer: 'absent, perhaps shop/catalog',
  },
  {
    name: 'a near miss among floating ones, when unknown',
    files: { 'x/a.yaml': ['VirtualService asks'], 'y/b.yaml': ['Service reviews'] },
    from: 'asks',
    seeks: 'Service ~/revews',
    answer: 'unknown: no Service is loaded beside it, perhaps reviews',
  },
  {
    name: 'digits alone are another version, not a slip',
    files: { 'a.yaml': ['VirtualService shop/asks', 'Service shop/reviews-v1'] },
    from: 'asks',
    seeks: 'Service shop/reviews-v2',
    answer: 'absent',
  },
  {
    name: 'a Namespace is absent when all others in use are loaded',
    files: { 'a.yaml': ['VirtualService shop/asks', 'Namespace shop'] },
    from: 'asks',
    seeks: 'Namespace web',
    answer: 'absent',
  },
  {
    name: 'a Namespace is unknown when another in use is not loaded',
    files: { 'a.yaml': ['VirtualService shop/asks', 'Service web/cart', 'Namespace shop'] },
    from: 'asks',
    seeks: 'Namespace tools',
    answer: 'unknown: Namespace web is in use and not loaded either',
  },
  {
    name: 'default, kube-* and the root namespace are always there',
    files: { 'a.yaml': ['VirtualService shop/asks', 'Namespace shop'] },
    from: 'asks',
    seeks: 'Namespace istio-system',
    answer: 'unknown: it is there from the start',
  },
];

test.each(cases)('$name', async ({ files, world, namespace, from, seeks, answer }) => {
  const graph = await open(files, world, namespace);
  const asker = [...graph.all()].find((resource) => resource.name === from);
  const [kind = '', name = ''] = seeks.split(' ');
  const lookup = graph.find(kind as Kind, refOf(kind, name), asker as Resource);
  expect(show(lookup)).toBe(answer);
});

describe('variants', () => {
  test.each([
    [
      'files of one folder with one identity',
      { 'x/a.yaml': ['Service cart'], 'x/b.yaml': ['Service cart'] },
      true,
    ],
    [
      'everything below siblings that share one identity',
      { 'dev/a.yaml': ['Service cart'], 'dev/b.yaml': [], 'prod/c/d.yaml': ['Service cart'] },
      true,
    ],
    [
      'files without a shared identity',
      { 'x/a.yaml': ['Service cart'], 'x/b.yaml': ['Service other'] },
      false,
    ],
    [
      'a shared Namespace is no variant',
      { 'x/a.yaml': ['Namespace shop'], 'x/b.yaml': ['Namespace shop'] },
      false,
    ],
  ])('%s', async (_, files, expected) => {
    const graph = await open(files as Case['files']);
    const [first, last] = [[...graph.all()][0], [...graph.all()].at(-1)];
    expect(graph.coexist(first as Resource, last as Resource)).toBe(!expected);
  });

  test('kinship is shared: two that look like a third are variants too', async () => {
    const graph = await open({
      'x/a.yaml': ['Service cart'],
      'x/b.yaml': ['Service cart', 'Service front'],
      'x/c.yaml': ['Service front'],
    });
    expect(graph.variants()).toEqual([{ folder: 'x', siblings: ['a.yaml', 'b.yaml', 'c.yaml'] }]);
  });
});

async function open(files: Case['files'], world?: World, namespace?: string): Promise<WholeGraph> {
  const texts = Object.entries(files).map(([path, content]) => ({
    path,
    raw: typeof content === 'string' ? content : content.map(manifest).join('---\n'),
  }));
  const request = { ...(world && { world }), ...(namespace && { namespace }) };
  return (await openTexts(texts, request)).graph;
}

function manifest(text: string): string {
  const [kind = '', written = ''] = text.split(' ');
  const { namespace, name } = refOf(kind, written);
  const group = kind === 'VirtualService' ? 'networking.istio.io/v1' : 'v1';
  const place = namespace === '' || namespace === FLOATING ? '' : `, namespace: ${namespace}`;
  return `apiVersion: ${group}\nkind: ${kind}\nmetadata: {name: ${name}${place}}\n`;
}

function refOf(kind: string, written: string): { namespace: string; name: string } {
  const [a = '', b] = written.split('/');
  if (kind === 'Namespace') return { namespace: '', name: a };
  return b === undefined ? { namespace: FLOATING, name: a } : { namespace: a, name: b };
}

function show(lookup: ReturnType<WholeGraph['find']>): string {
  if (lookup.state === 'found') return `found ${lookup.value.origin.source.path}`;
  const why = lookup.state === 'unknown' ? `: ${lookup.why}` : '';
  return `${lookup.state}${why}${lookup.suggestion === undefined ? '' : `, perhaps ${lookup.suggestion}`}`;
}
