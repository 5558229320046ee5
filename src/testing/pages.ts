import { type Example, type ExampleFile, PageError } from './example.ts';
import { type Attributes, clusterOf, parseAttributes, settingsOf } from './settings.ts';

/** The page of a rule, as written in its README. */
export interface Page {
  readonly title: string;
  readonly text: string;
  /** Code, severity and release, as the line below the title has them. */
  readonly facts: string;
  /** The first paragraph, on one line. */
  readonly summary: string;
  readonly sections: readonly Section[];
  readonly examples: readonly Example[];
}

export interface Section {
  readonly heading: string;
  readonly line: number;
  /** Everything below the heading that is no blank line. */
  readonly text: string;
}

interface Block {
  readonly info: string;
  readonly text: string;
  /** Line of the fence. */
  readonly line: number;
}

/** A part of a section: what stands below one `###`, or before the first. */
interface Part {
  readonly title: string | undefined;
  readonly blocks: Block[];
}

const facts = /^`[A-Z]{2,}\d{4}` · /;

/** Reads a page. Throws a `PageError` for blocks that do not keep to the format. */
export function parsePage(path: string, text: string): Page {
  const lines = text.split(/\r?\n/);
  const sections: { heading: string; line: number; text: string; parts: Part[] }[] = [];
  const preamble: string[] = [];
  let title = '';

  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    const section = sections.at(-1);
    const fence = /^(?<ticks>`{3,})(?<info>.*)$/.exec(line)?.groups;
    if (fence !== undefined) {
      const close = lines.indexOf(fence.ticks ?? '', i + 1);
      if (close < 0) throw new PageError(path, i + 1, 'this block is never closed');
      const text = lines.slice(i + 1, close).join('\n');
      section?.parts.at(-1)?.blocks.push({ info: (fence.info ?? '').trim(), text: `${text}\n`, line: i + 1 });
      if (section !== undefined) section.text += `${text}\n`;
      i = close;
    } else if (line.startsWith('# ')) title = line.slice(2).trim();
    else if (line.startsWith('## ')) {
      sections.push({
        heading: line.slice(3).trim(),
        line: i + 1,
        text: '',
        parts: [{ title: undefined, blocks: [] }],
      });
    } else if (line.startsWith('### ')) section?.parts.push({ title: line.slice(4).trim(), blocks: [] });
    else if (section === undefined) preamble.push(line.trim());
    else if (line.trim() !== '') section.text += `${line}\n`;
  }

  const paragraphs = preamble
    .filter((line) => !facts.test(line))
    .join('\n')
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.trim().replaceAll('\n', ' '));
  return {
    title,
    text,
    facts: preamble.find((line) => facts.test(line)) ?? '',
    summary: paragraphs.find((paragraph) => paragraph !== '') ?? '',
    sections,
    examples: sections.flatMap(({ heading, parts }) =>
      heading === 'Bad' || heading === 'Good'
        ? examplesOf(path, heading === 'Bad' ? 'bad' : 'good', parts)
        : [],
    ),
  };
}

/** Below a `###` all blocks make one example; without headings each block is its own. */
function examplesOf(path: string, verdict: Example['verdict'], parts: readonly Part[]): Example[] {
  return parts.flatMap(({ title, blocks }) => {
    const inputs = blocks.filter((block) => /^(?:ya?ml|json)(?:\s|$)/.test(block.info));
    if (title !== undefined) return inputs.length === 0 ? [] : [exampleOf(path, verdict, title, inputs)];
    return inputs.map((block, i) => {
      const name = verdict === 'bad' ? 'Bad' : 'Good';
      return exampleOf(path, verdict, inputs.length === 1 ? name : `${name} ${i + 1}`, [block]);
    });
  });
}

function exampleOf(
  path: string,
  verdict: Example['verdict'],
  title: string,
  blocks: readonly Block[],
): Example {
  const files: ExampleFile[] = [];
  const attributes: Attributes[] = [];
  for (const [i, block] of blocks.entries()) {
    const [language = '', ...words] = block.info.split(/\s+/);
    const own = inPlace(path, block.line, () => parseAttributes(words.join(' ')));
    const extension = language === 'json' ? 'json' : 'yaml';
    const name =
      own.get('file') ?? (blocks.length === 1 ? `example.${extension}` : `example-${i + 1}.${extension}`);
    if (files.some((file) => file.path === name)) {
      throw new PageError(path, block.line, `this example has two files ${name}`);
    }
    attributes.push(own);
    const cluster = inPlace(path, block.line, () => clusterOf(own));
    files.push({ path: name, text: block.text, ...cluster, from: { path, line: block.line + 1 } });
  }
  const settings = inPlace(path, blocks[0]?.line ?? 1, () => settingsOf(attributes));
  return { verdict, title, files, settings };
}

/** Adds the place to what goes wrong in `read`. */
export function inPlace<T>(path: string, line: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new PageError(path, line, error instanceof Error ? error.message : String(error));
  }
}
