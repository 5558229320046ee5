/** What takes its time in a large input. */
export type Work = 'reading' | 'rendering' | 'checking' | 'judging' | 'locating';

/** Is told how far the work is, often enough to show it; `done` comes from 0 and counts to `total`. `text` says it better. */
export type OnProgress = (work: Work, done: number, total: number, text?: () => string) => void;
