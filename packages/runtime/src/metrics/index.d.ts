import { accuracy } from './accuracy';
import { mse } from './mse';
import { topK } from './top-k';
export declare const metrics: {
    readonly accuracy: typeof accuracy;
    readonly topK: typeof topK;
    readonly mse: typeof mse;
};
