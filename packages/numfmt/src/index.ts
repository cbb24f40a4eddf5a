export type { ErrorDetails, ErrorKind, ErrorTable, Where } from './error';
export { failer, isModelDietError, ModelDietError } from './error';
