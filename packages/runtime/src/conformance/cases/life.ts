// The life of a session: abort, release, many of them.
import type { Tensor } from '@modeldiet/tensor';
import type { Session } from '../../backend';
import { withSession } from '../../session';
import type { ConformanceCase } from '../cases';
import { equal, near, rejects, rejectsWith } from '../check';
import { identity, linear, linearOf } from '../models';

const x: Tensor = { type: 'float32', dims: [1, 4], data: Float32Array.of(1, 2, 3, 4) };

export const lifeCases: readonly ConformanceCase[] = [
  {
    name: 'life/abort rejects with the reason of the signal, and the session goes on',
    run: (backend) =>
      withSession(backend, linear(), {}, async (session) => {
        const reason = new Error('enough');
        await rejectsWith(session.run({ x }, { signal: AbortSignal.abort(reason) }), reason);
        await rejectsWith(backend.createSession(linear(), { signal: AbortSignal.abort(reason) }), reason);
        const stop = new AbortController();
        const running = session.run({ x }, { signal: stop.signal });
        stop.abort(reason);
        await rejectsWith(running, reason);
        near((await session.run({ x })).y, linearOf([1, 2, 3, 4]), 1e-5, 'y');
      }),
  },
  {
    name: 'life/release twice, run after it',
    run: async (backend) => {
      const session = await backend.createSession(linear());
      await session.release();
      await session.release();
      await rejects(session.run({ x }), 'runtime/released');
    },
  },
  {
    name: 'life/release waits for the runs that were begun',
    run: async (backend) => {
      const session = await backend.createSession(linear());
      const runs = [session.run({ x }), session.run({ x })];
      const released = session.release();
      for (const { y } of await Promise.all(runs)) near(y, linearOf([1, 2, 3, 4]), 1e-5, 'y');
      await released;
    },
  },
  {
    name: 'life/withSession releases when its user throws',
    run: async (backend) => {
      let kept: Session | undefined;
      const reason = new Error('mine');
      await rejectsWith(
        withSession(backend, linear(), {}, async (session) => {
          kept = session;
          throw reason;
        }),
        reason,
      );
      await rejects(kept!.run({ x }), 'runtime/released');
    },
  },
  {
    name: 'life/many sessions at once, then one after the other',
    run: async (backend) => {
      const open = await Promise.all(Array.from({ length: 12 }, (_, i) => backend.createSession(i % 2 ? linear() : identity('float32', ['n', 4]))));
      for (const [i, session] of open.entries()) near((await session.run({ x })).y, i % 2 ? linearOf([1, 2, 3, 4]) : [1, 2, 3, 4], 1e-5, `session ${i}`);
      await Promise.all(open.map((session) => session.release()));
      for (let i = 0; i < 30; i++) await withSession(backend, linear(), {}, async (session) => equal((await session.run({ x })).y?.dims, [1, 3], `cycle ${i}`));
    },
  },
];
