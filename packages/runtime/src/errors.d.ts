export declare const errors: {
    readonly 'load-failed': {
        readonly kind: "model";
        readonly says: "the runtime refused the model";
    };
    readonly 'not-a-model': {
        readonly kind: "model";
        readonly says: "the bytes are not an ONNX model that the runtime can read";
    };
    readonly 'model-not-found': {
        readonly kind: "io";
        readonly says: "the runtime cannot read the model file";
    };
    readonly 'unknown-op': {
        readonly kind: "unsupported";
        readonly says: "the runtime does not know this op";
    };
    readonly 'no-kernel': {
        readonly kind: "unsupported";
        readonly says: "the runtime has no kernel for this op and these types";
    };
    readonly 'model-too-new': {
        readonly kind: "unsupported";
        readonly says: "the model is newer than the runtime";
    };
    readonly 'provider-missing': {
        readonly kind: "backend";
        readonly says: "the runtime lacks the execution provider";
    };
    readonly 'unsupported-dtype': {
        readonly kind: "unsupported";
        readonly says: "the runtime cannot take or give a tensor of this type";
    };
    readonly 'run-failed': {
        readonly kind: "backend";
        readonly says: "the run failed";
    };
    readonly 'out-of-memory': {
        readonly kind: "limit";
        readonly says: "the runtime ran out of memory";
    };
    readonly released: {
        readonly kind: "argument";
        readonly says: "the session was released";
    };
    readonly 'missing-feed': {
        readonly kind: "argument";
        readonly says: "the feeds lack an input";
    };
    readonly 'unknown-feed': {
        readonly kind: "argument";
        readonly says: "the model has no such input";
    };
    readonly 'feed-dtype': {
        readonly kind: "argument";
        readonly says: "the feed has another type than the input";
    };
    readonly 'feed-rank': {
        readonly kind: "argument";
        readonly says: "the feed has another rank than the input";
    };
    readonly 'feed-dims': {
        readonly kind: "argument";
        readonly says: "the feed has other dims than the input";
    };
    readonly 'feed-length': {
        readonly kind: "argument";
        readonly says: "the data does not fill the dims";
    };
    readonly 'unknown-fetch': {
        readonly kind: "argument";
        readonly says: "the model has no such output";
    };
    readonly 'not-fetchable': {
        readonly kind: "unsupported";
        readonly says: "the runtime cannot hand out this output";
    };
    readonly 'unknown-dim': {
        readonly kind: "argument";
        readonly says: "the model has no such symbolic dim";
    };
    readonly 'bad-threads': {
        readonly kind: "argument";
        readonly says: "the thread count cannot be had";
    };
    readonly 'trace-unavailable': {
        readonly kind: "backend";
        readonly says: "the runtime cannot trace here";
    };
    readonly 'old-runtime': {
        readonly kind: "backend";
        readonly says: "this version of ONNX Runtime is too old";
    };
    readonly 'no-backend': {
        readonly kind: "argument";
        readonly says: "a model needs a backend to run on";
    };
    readonly 'feeds-mismatch': {
        readonly kind: "argument";
        readonly says: "the columns do not fit the inputs";
    };
    readonly 'metric-output': {
        readonly kind: "argument";
        readonly says: "the outputs do not suit the metric";
    };
    readonly 'no-label': {
        readonly kind: "data";
        readonly says: "the item lacks the label column";
    };
    readonly 'empty-dataset': {
        readonly kind: "empty";
        readonly says: "the dataset has no items";
    };
    readonly 'bad-option': {
        readonly kind: "argument";
        readonly says: "the option has no such value";
    };
    readonly 'unbound-dim': {
        readonly kind: "argument";
        readonly says: "a dim has neither value nor name that is bound";
    };
    readonly 'not-feedable': {
        readonly kind: "unsupported";
        readonly says: "no feed can be made for this input";
    };
    readonly 'unknown-value': {
        readonly kind: "argument";
        readonly says: "the model has no such value";
    };
    readonly 'not-observable': {
        readonly kind: "unsupported";
        readonly says: "the value cannot be seen from outside";
    };
    readonly 'no-runtime': {
        readonly kind: "backend";
        readonly says: "no ONNX Runtime is installed";
    };
};
export declare const fail: (code: "load-failed" | "not-a-model" | "model-not-found" | "unknown-op" | "no-kernel" | "model-too-new" | "provider-missing" | "unsupported-dtype" | "run-failed" | "out-of-memory" | "released" | "missing-feed" | "unknown-feed" | "feed-dtype" | "feed-rank" | "feed-dims" | "feed-length" | "unknown-fetch" | "not-fetchable" | "unknown-dim" | "bad-threads" | "trace-unavailable" | "old-runtime" | "no-backend" | "feeds-mismatch" | "metric-output" | "no-label" | "empty-dataset" | "bad-option" | "unbound-dim" | "not-feedable" | "unknown-value" | "not-observable" | "no-runtime", details?: import("@modeldiet/numfmt").ErrorDetails, words?: string) => import("@modeldiet/numfmt").ModelDietError;
