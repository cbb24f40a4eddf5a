// The trace of onnxruntime-web: it prints JSON lines through the console.log it found when the WebAssembly module started, so that moment is when we must stand in.
import { fail } from '../errors';
import { flavorOf, type OrtModule } from './module';
import { isCold } from './start';
import type { OrtTracer } from './tracer';

const watched = new WeakSet<object>();
let collect: ((line: string) => void) | undefined;

/** A tracer for onnxruntime-web. Works when this package makes the module's first session, before any other code starts it. */
export function consoleTrace(): OrtTracer {
  return {
    async around(ort, start) {
      if (flavorOf(ort) !== 'web' || !isCold(ort)) return start();
      const { log } = console;
      console.log = (...parts: unknown[]): void => {
        if (collect) collect(parts.join(' '));
        else log.apply(console, parts);
      };
      watched.add(ort.env);
      try {
        return await start();
      } finally {
        console.log = log;
      }
    },
    begin: async (ort: OrtModule) => {
      if (!watched.has(ort.env) && !isCold(ort)) throw fail('trace-unavailable', {}, 'onnxruntime-web was started before tracing was set up');
      return {
        options: { enableProfiling: true },
        end: async (session) => {
          const lines: string[] = [];
          collect = (line) => lines.push(line);
          try {
            session.endProfiling();
            await new Promise((resolve) => setTimeout(resolve));
          } finally {
            collect = undefined;
          }
          if (lines.length === 0) throw fail('trace-unavailable', {}, 'the runtime printed no trace');
          return lines.join('\n');
        },
        discard: async () => {},
      };
    },
  };
}
