import type { LongWork } from '@modeldiet/tensor';
import type { Backend } from './backend';
import type { Target } from './targets/target';
/** The backend's target with `saturatesU8S8` as this machine does it. A backend that has no MatMulInteger keeps what its target says. */
export declare function probeTarget(backend: Backend, work?: LongWork): Promise<Target>;
