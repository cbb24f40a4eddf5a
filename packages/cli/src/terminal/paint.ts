// Colours, where the stream is a terminal and NO_COLOR is not set.
import picocolors from 'picocolors';
import type { Io, Stream } from '../io';

export type Paint = Pick<ReturnType<typeof picocolors.createColors>, 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'>;

export const paintFor = (stream: Stream, env: Io['env']): Paint =>
  picocolors.createColors(env.FORCE_COLOR ? env.FORCE_COLOR !== '0' : Boolean(stream.isTTY) && !env.NO_COLOR && env.TERM !== 'dumb');
