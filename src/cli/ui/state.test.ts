import { expect, test } from 'vitest';
import { rules } from '../../../rules/index.gen.ts';
import { displayWidth } from '../../report/screen.ts';
import { openTexts } from '../../session/session.ts';
import { extentOf, frame, type Size } from './frame.ts';
import { createModel, type Model } from './model.ts';
import { type Effect, type Key, press, renew, type State, startState, topScreen } from './state.ts';

const route = (
  name: string,
  gateway: string,
  host = 'shop.example',
): string => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: shop }
spec:
  hosts: ["${host}"]
  gateways: [${gateway}]
  http:
    - directResponse: { status: 200 }   # 一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十
`;
const gateway = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: front, namespace: shop }
spec:
  selector: { istio: ingressgateway }
  servers:
    - port: { number: 80, name: http, protocol: HTTP }
      hosts: ["*"]
`;

async function modelOf(texts: Readonly<Record<string, string>>): Promise<Model> {
  const session = await openTexts(
    Object.entries(texts).map(([path, raw]) => ({ path, raw })),
    { world: 'closed' },
  );
  const page = (rule: string): string => `# ${rule}\n\n${'A long page. '.repeat(300)}`;
  return createModel(session.graph, await session.analyze(rules, '0'), page);
}
const model = await modelOf({
  'a.yaml': route('cart', 'public'),
  'b.yaml': `${route('pay', 'front')}---\n${route('till', 'hidden')}`,
  'gateway.yaml': gateway,
});
const size: Size = { columns: 80, rows: 24, color: false };

const names: Readonly<Record<string, Key['name']>> = {
  '⏎': 'enter',
  '⎋': 'escape',
  '⇥': 'tab',
  '↓': 'down',
  '↑': 'up',
  '⌫': 'backspace',
  '⇟': 'pageDown',
  '⇞': 'pageUp',
};

/** Presses keys one after the other; letters stand for themselves. */
function type(keys: string, start = startState(model), over = model): { state: State; effects: Effect[] } {
  let state = start;
  const effects: Effect[] = [];
  for (const char of keys) {
    const name = names[char];
    const key: Key = name === undefined || name === 'text' ? { name: 'text', text: char } : { name };
    const step = press(state, key, over, extentOf(state, over, size));
    state = step.state;
    if (step.effect !== undefined) effects.push(step.effect);
  }
  return { state, effects };
}

function text(state: State, over = model, at = size): string {
  return frame(state, over, at)
    .map((row) => row.map((span) => span.text).join(''))
    .join('\n');
}

/** What is pressed, what is seen then, and what is not. */
test.each<[string, string, readonly string[], (readonly string[])?]>([
  ['the first finding is selected', '', ['› error   IST0101 Gateway shop/public', 'a.yaml:6:14', '2 errors', 'by resource']],
  ['down selects the next', '↓', ['› error   IST0101 Gateway shop/hidden', 'b.yaml:15:14']],
  ['it ends at the last', '↓↓↓↓', ['› error   IST0101 Gateway shop/hidden']],
  ['and at the first', '↓kkk', ['› error   IST0101 Gateway shop/public']],
  ['by code', '⇥', ['by code', 'IST0101 routing/missing-gateway', '› error   a.yaml:6']],
  ['by file', '⇥⇥', ['by file', '\na.yaml', '\nb.yaml']],
  ['by resource again', '⇥⇥⇥', ['by resource']],
  ['a finding', '⏎', ['IST0101 routing/missing-gateway', 'VirtualService shop/cart', 'why ', 'help ', '^^^^^^']],
  ['and back', '⏎⎋', ['by resource', '› error']],
  ['the page of the rule', 'p', ['A long page.'], ['›']],
  ['the graph', 'jg', ['VirtualService/shop/till  b.yaml:10', '→ binds-to Gateway/shop/hidden (absent)']],
  ['following a reference', '/till⏎g↓⏎', ['Gateway/shop/hidden  not in the input', '← VirtualService/shop/till binds-to']],
  ['following it back', '/till⏎g↓⏎⏎', ['VirtualService/shop/till']],
  ['a finding from the graph', 'g⏎', ['why ', 'Gateway shop/public does not exist.']],
  ['help', '?', ['Everywhere', 'suppress it']],
  ['and away', '??', ['› error']],
  ['a filter', '/hidden', ['Filter: hidden', '› error   IST0101 Gateway shop/hidden'], ['Gateway shop/public']],
  ['a filter that stays', '/hidden⏎', ['filter: hidden', 'q quit'], ['Filter:']],
  ['lifting it', '/hidden⏎⎋', ['shop/public', 'shop/hidden'], ['filter:']],
  ['a filter that nothing passes', '/xyz', ['Nothing passes the filter']],
  ['mending a filter', '/xyz⌫⌫⌫', ['› error   IST0101 Gateway shop/public']],
  ['letters are text in a prompt', '/q', ['Filter: q']],
  ['asking for a reason', 's', ['Suppress here, because: ']],
  ['a reason is wanted', 's⏎', ['Say why', 'Suppress here, because: ']],
  ['thinking better of it', 'sx⎋', ['› error'], ['Suppress here']],
])('%s', (_, keys, seen, unseen = []) => {
  const shown = text(type(keys).state);
  for (const words of seen) expect(shown).toContain(words);
  for (const words of unseen) expect(shown).not.toContain(words);
}); // biome-ignore format: one case a line

test('what keys ask for', () => {
  expect(type('q').effects).toEqual([{ do: 'quit' }]);
  expect(type('r').effects).toEqual([{ do: 'check' }]);
  expect(type('/q⏎').effects).toEqual([]);
  expect(type('jsknown, see #4 ⏎').effects).toEqual([
    {
      do: 'suppress',
      finding: expect.objectContaining({ message: 'Gateway shop/hidden does not exist.' }),
      reason: 'known, see #4',
    },
  ]);
});

test('a fix is applied, one that is not safe only by F', () => {
  const withFix = (safe: boolean): Model => ({
    ...model,
    findings: model.findings.map((finding) => ({
      ...finding,
      fix: { title: 'Name front', safe, edits: [] },
    })),
  });
  const pressed = (keys: string, safe: boolean) => type(keys, startState(withFix(safe)), withFix(safe));
  const fix = {
    do: 'fix',
    finding: expect.objectContaining({ message: 'Gateway shop/public does not exist.' }),
  };
  expect(pressed('f', true).effects).toEqual([fix]);
  expect(pressed('⏎F', false).effects).toEqual([fix]);
  const asked = pressed('f', false);
  expect(asked.effects).toEqual([]);
  expect(text(asked.state, withFix(false))).toContain('Look at it first, then press F: Name front.');
  expect(text(pressed('⏎', true).state, withFix(true))).toMatch(/f fix .* q quit$/);
  expect(type('fF').effects).toEqual([]);
});

test('scrolling ends where the text ends', () => {
  const { state } = type(`p${'⇟'.repeat(50)}`);
  const top = topScreen(state);
  const { shown, lines } = extentOf(state, model, size);
  expect(top).toMatchObject({ kind: 'page', top: lines - shown });
  expect(lines).toBeGreaterThan(2 * shown);
  expect(topScreen(type('⇞'.repeat(60), state).state)).toMatchObject({ top: 0 });
});

test('after a re-check the selection stays, or goes to what is near', async () => {
  const repaired = await modelOf({
    'a.yaml': route('cart', 'front'),
    'b.yaml': route('till', 'hidden'),
    'gateway.yaml': gateway,
  });
  const stays = renew(type('↓').state, model, repaired, 'checked');
  expect(text(stays, repaired)).toContain('› error   IST0101 Gateway shop/hidden');
  expect(text(stays, repaired)).toContain('\nchecked\n');
  const gone = renew(type('⏎').state, model, repaired, '');
  expect(topScreen(gone)).toEqual({ kind: 'list' });
  expect(text(gone, repaired)).toContain('› error   IST0101 Gateway shop/hidden');
  const nothing = await modelOf({ 'gateway.yaml': gateway });
  const clean = renew(gone, repaired, nothing, '');
  expect(text(clean, nothing)).toContain('Nothing to report.');
  expect(text(type('⏎pgs↓↑', clean, nothing).state, nothing)).toContain('no findings');
});

test('every screen fits, wide characters and all', () => {
  for (const [columns, rows] of [
    [80, 24],
    [40, 10],
    [24, 6],
    [200, 60],
  ] as const) {
    for (const keys of [
      '',
      '⏎',
      'p',
      'g',
      '?',
      '/商店',
      'sweil 商店商店商店商店商店商店商店商店商店商店商店商店',
      '⇥',
    ]) {
      const shown = frame(type(keys).state, model, { columns, rows, color: true });
      expect(shown).toHaveLength(Math.max(rows - 1, 6));
      for (const row of shown) {
        const plain = row.map((span) => span.text).join('');
        if (!plain.includes('\u001b')) expect(displayWidth(plain), plain).toBeLessThanOrEqual(columns);
      }
    }
  }
});

test('without colours there are none', () => {
  for (const keys of ['', '⏎', 'p', 'g', '?']) {
    const { state } = type(keys);
    expect(JSON.stringify(frame(state, model, { ...size, color: true }))).toMatch(/"color"|\[1m/);
    expect(JSON.stringify(frame(state, model, size))).not.toMatch(/"color"|u001b/);
  }
});
