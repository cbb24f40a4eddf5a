import type { Slot } from '../backend';
export interface Scores {
    readonly output: string;
    /** `scores`: one float per class; `classes`: the class itself, as scikit-learn's exports give it. */
    readonly kind: 'scores' | 'classes';
    readonly note: string;
}
/** Outputs of unknown rank count as fitting when they are the only one. Throws `runtime/metric-output`. */
export declare function findScores(outputs: readonly Slot[], named: string | undefined): Scores;
