/** The rows of the demo's tables, in their order: every technique of the lecture. */
export const demoRows = [
  'baseline',
  'float16',
  'dynamic int8',
  'static int8',
  'QAT int8',
  'int4 weights',
  'pruned 40 %',
  'pruned 30 % of channels',
  'distilled 64-32-10',
  'distilled + pruned + int8',
];
