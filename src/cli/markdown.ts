import { createPalette } from '../report/palette.ts';
import { wrap } from '../report/screen.ts';

/** Markdown made light for a terminal: headings bold, code indented, prose wrapped, links by their text. */
export function renderMarkdown(markdown: string, width: number, color: boolean): string {
  const paint = createPalette(color);
  const out: string[] = [];
  let paragraph: string[] = [];
  let fence = false;

  function flush(): void {
    if (paragraph.length === 0) return;
    const [, marker = ''] = /^(\s*(?:[-*]|[0-9]+\.)\s+)/.exec(paragraph[0] ?? '') ?? [];
    const indent = ' '.repeat(marker.length);
    const text = paragraph.join(' ').slice(marker.length).replace(/\s+/g, ' ');
    wrap(text, width - marker.length).forEach((line, i) => {
      out.push((i === 0 ? marker : indent) + spans(line));
    });
    paragraph = [];
  }
  const spans = (line: string): string =>
    line
      .replace(/\[([^\]]+)\]\([^)]*\)/g, (_, text: string) => text)
      .replace(/\*\*([^*]+)\*\*/g, (_, text: string) => paint.bold(text))
      .replace(/`([^`]+)`/g, (whole, text: string) => (color ? paint.cyan(text) : whole));

  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) {
      flush();
      fence = !fence;
    } else if (fence) out.push(line === '' ? '' : `    ${line}`);
    else if (/^#{1,6} /.test(line)) {
      flush();
      out.push(paint.bold(line.replace(/^#+ /, '')));
    } else if (line.trim() === '' || line.startsWith('|')) {
      flush();
      out.push(spans(line));
    } else {
      if (/^\s*(?:[-*]|[0-9]+\.)\s/.test(line)) flush();
      paragraph.push(line);
    }
  }
  flush();
  return `${out.join('\n').trimEnd()}\n`;
}
