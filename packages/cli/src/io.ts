// What a run of the command line touches of the process, so that tests and other programs can hand in their own.

export interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Io {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Stops the run: status 130. Default: Ctrl-C and SIGTERM. */
  readonly signal?: AbortSignal;
}

/** A reader that has gone away (`| head`) is no error. */
function ignoreGoneReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

export function processIo(): Io {
  for (const stream of [process.stdout, process.stderr]) if (!stream.listeners('error').includes(ignoreGoneReader)) stream.on('error', ignoreGoneReader);
  return { stdout: process.stdout, stderr: process.stderr, cwd: process.cwd(), env: process.env };
}
