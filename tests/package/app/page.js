import { shrink } from './shrink.js';

globalThis.answer = shrink('/model.onnx');
