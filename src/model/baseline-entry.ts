/** Findings that are alike, as a baseline keeps them, and how many there are of them. */
export interface BaselineEntry {
  readonly fingerprint: string;
  readonly code: string;
  readonly rule: string;
  /** `Kind ns/name`; absent for findings about a file. */
  readonly resource?: string;
  /** Relative to the folder of the baseline. */
  readonly file: string;
  readonly message: string;
  /** Absent when there is one. */
  readonly count?: number;
}
