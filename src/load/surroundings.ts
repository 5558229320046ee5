import { posix, resolve } from 'node:path';
import type { FileSystem } from './file-system.ts';
import { type Display, STDIN_PATH, slashed } from './paths.ts';

/** What reading one file has to know of the files around it, by displayed paths. */
export interface Surroundings {
  /** The path of what an entry in a file of `folder` names. */
  locate(folder: string, entry: string): string;
  /** Whether a file stands in the `templates` folder of a Helm chart. */
  isInChartTemplates(path: string): boolean;
}

/** Files among other files, read or not. */
export function surroundingsOnDisk(fs: FileSystem, display: Display): Surroundings {
  const isInChart = chartTest((path) => {
    try {
      return !fs.isFolder(path);
    } catch {
      return false;
    }
  });
  return {
    locate: (folder, entry) => display.found(resolve(display.cwd, folder, entry)),
    isInChartTemplates: (path) => path !== STDIN_PATH && isInChart(slashed(resolve(display.cwd, path))),
  };
}

/** Texts that know nothing but each other. */
export function surroundingsInMemory(paths: Iterable<string>): Surroundings {
  const known = new Set(paths);
  return {
    locate(folder, entry) {
      const path = entry.startsWith('/') ? posix.normalize(entry) : posix.join(folder, entry);
      return path === './' || path === '.' ? '' : path.replace(/(?<=.)\/$/, '');
    },
    isInChartTemplates: chartTest((path) => known.has(path)),
  };
}

function chartTest(exists: (path: string) => boolean): (path: string) => boolean {
  const answers = new Map<string, boolean>();
  const isChart = (folder: string): boolean => {
    let answer = answers.get(folder);
    if (answer === undefined) {
      answer = exists(`${folder}Chart.yaml`);
      answers.set(folder, answer);
    }
    return answer;
  };
  return (path) => {
    for (const { index } of path.matchAll(/(?<=^|\/)templates\//g)) {
      if (isChart(path.slice(0, index))) return true;
    }
    return false;
  };
}
