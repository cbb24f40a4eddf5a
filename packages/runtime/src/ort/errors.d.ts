import { type ModelDietError, type Where } from '@modeldiet/numfmt';
/** The typed error for something ORT threw while `doing`; an error of ours passes through. */
export declare function ortError(e: unknown, doing: 'load' | 'run', where?: Where): ModelDietError;
