export { type FreshProcessOptions, freshProcess } from './node/fresh-process';
