export type { Io, Stream } from './io';
export { main } from './main';
export { resultsText } from './terminal/table';
