const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });

globalThis.answer = new Promise((resolve, reject) => {
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = (event) => reject(new Error(event.message));
});
worker.postMessage('/model.onnx');
