// Bodies of answers: whole, or line by line as a watch sends them.
import { ClusterError } from './cluster-error.ts';
import type { Exchange } from './exchange.ts';

/** Reads a body to its end. Rejects when it breaks off, stands still, or has more than `largest` bytes. */
export async function readText(opened: Exchange, largest: number): Promise<{ text: string; bytes: number }> {
  const { response, body } = opened;
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of body as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > largest) throw tooLarge(opened, largest);
      parts.push(part);
    }
  } catch (error) {
    opened.end();
    throw opened.explain(error);
  }
  if (!response.complete) throw opened.explain(brokenOff());
  return { text: Buffer.concat(parts, size).toString(), bytes: opened.received() };
}

/** Reads one JSON value a line, for as long as they come. A line that is cut off is no value. */
export async function* readLines(opened: Exchange, largest: number, server: string): AsyncGenerator<unknown> {
  const { response, body } = opened;
  body.setEncoding('utf8');
  let line = '';
  try {
    for await (const part of body as AsyncIterable<string>) {
      let from = 0;
      for (let end = part.indexOf('\n'); end >= 0; end = part.indexOf('\n', from)) {
        const whole = line + part.slice(from, end);
        line = '';
        from = end + 1;
        if (whole.trim() !== '') yield parseLine(whole, server);
      }
      line += part.slice(from);
      if (line.length > largest) throw tooLarge(opened, largest);
    }
  } catch (error) {
    throw opened.explain(error);
  }
  if (!response.complete) throw opened.explain(brokenOff());
  if (line.trim() !== '') yield parseLine(line, server);
}

function parseLine(line: string, server: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new ClusterError('not-kubernetes', `${server} sent an event that is broken JSON.`, 'Try again.', {
      final: false,
    });
  }
}

function brokenOff(): Error {
  return Object.assign(new Error('incomplete'), { code: 'ECONNRESET' });
}

function tooLarge({ path }: Exchange, largest: number): ClusterError {
  return new ClusterError(
    'unsupported',
    `The answer to ${path} has more than ${Math.round(largest / 1024 / 1024)} MB.`,
    'No API server sends so much at once: check what stands at this address.',
  );
}
