// The thin end: ink reads keys and puts rows on the screen.
import { createRequire } from 'node:module';
import type * as InkModule from 'ink';
import type { Key as InkKey } from 'ink';
import type * as ReactModule from 'react';
import { ConfigError } from '../../config/config-error.ts';
import type { Row, Size } from './frame.ts';
import type { Key } from './state.ts';

export interface Screen {
  /** Draws these rows in place of those before. */
  draw(rows: readonly Row[]): void;
  size(): Pick<Size, 'columns' | 'rows'>;
  close(): Promise<void>;
}

export interface Listener {
  key(key: Key): void;
  interrupt(): void;
  resize(): void;
}

const ENTER_SCREEN = '\u001b[?1049h\u001b[H';
const CLEAR = '\u001b[2J\u001b[H';
const LEAVE_SCREEN = '\u001b[?1049l';

/** Takes over the terminal, and gives it back as it was. */
export async function openScreen(listener: Listener): Promise<Screen> {
  const { ink, react } = await loadInk();
  const { stdout } = process;
  const element = (rows: readonly Row[]): ReactModule.ReactElement =>
    react.createElement(Rows, { rows, ink, react, listener });

  stdout.write(ENTER_SCREEN);
  const app = ink.render(element([]), {
    exitOnCtrlC: false,
    patchConsole: false,
  });
  const resized = (): void => {
    // What stands there was wrapped for another width.
    app.clear();
    stdout.write(CLEAR);
    listener.resize();
  };
  stdout.on('resize', resized);
  return {
    draw: (rows) => app.rerender(element(rows)),
    size: () => ({ columns: stdout.columns, rows: stdout.rows }),
    async close() {
      stdout.off('resize', resized);
      app.unmount();
      await app.waitUntilExit();
      stdout.write(LEAVE_SCREEN);
    },
  };
}

interface Library {
  readonly ink: typeof InkModule;
  readonly react: typeof ReactModule;
}

/** ink has a top-level await, so it can neither be bundled nor required. */
async function loadInk(): Promise<Library> {
  const importModule: (name: string) => Promise<unknown> = createRequire(import.meta.url)(
    './import-module.cjs',
  );
  // React's other half warns developers of React, and takes longer to load.
  process.env.NODE_ENV ??= 'production';
  try {
    return {
      ink: (await importModule('ink')) as typeof InkModule,
      react: (await importModule('react')) as typeof ReactModule,
    };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error;
    throw new ConfigError(
      'meshlint ui draws with the packages ink and react, which this installation was made without.',
      'Install meshlint with its optional dependencies: npm install --include=optional meshlint',
    );
  }
}

interface RowsProps extends Library {
  readonly rows: readonly Row[];
  readonly listener: Listener;
}

function Rows({ rows, ink, react: { createElement }, listener }: RowsProps): ReactModule.ReactElement {
  const { Box, Text, useInput } = ink;
  useInput((text, key) => {
    if (key.ctrl && text === 'c') listener.interrupt();
    else for (const each of keysOf(text, key)) listener.key(each);
  });
  const lines = rows.map((row, i) => {
    const spans = row.map(({ text, color, bold = false, dim = false, inverse = false }, key) => {
      const colored = color === undefined ? {} : { color };
      return createElement(Text, { key, bold, dimColor: dim, inverse, ...colored }, text);
    });
    return createElement(Text, { key: i, wrap: 'truncate' }, ...(spans.length === 0 ? [' '] : spans));
  });
  return createElement(Box, { flexDirection: 'column' }, ...lines);
}

const named: readonly (readonly [keyof InkKey, Exclude<Key['name'], 'text'>])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['pageUp', 'pageUp'],
  ['pageDown', 'pageDown'],
  ['return', 'enter'],
  ['escape', 'escape'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  // What most terminals send for the backspace key.
  ['delete', 'backspace'],
];

/** The keys of one piece of input: what was typed quickly or pasted comes as one. */
function keysOf(text: string, key: InkKey): Key[] {
  const found = named.find(([flag]) => key[flag] === true);
  if (found !== undefined) return [{ name: found[1] }];
  if (key.ctrl || key.meta) return [];
  return Array.from(text, (char): Key => (char === '\r' ? { name: 'enter' } : { name: 'text', text: char }));
}
