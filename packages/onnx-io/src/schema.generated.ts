// Operator schemas, packed (grammar: schema/unpack.ts). Written by fixtures/make/schema.py from the facts of onnx.defs 1.23.2 (onnx.ai, Apache-2.0: all domains, all versions)
// and, for com.microsoft, onnxruntime 1.31.1 (MIT).

/** The newest version of each domain that these schemas know. */
export const newestOpset: Readonly<Record<string, number>> = { '': 28, 'ai.onnx.ml': 5, 'ai.onnx.preview': 1, 'ai.onnx.preview.training': 1, 'com.microsoft': 1 };

/** One op a line: names, counts and attributes. */
export const packedParams = `Abs	1|X>Y>consumed_inputs=I	6|=>=>	13|=>=>=
Acos	7|input>output>	22|=>=>=
Acosh	9|input>output>	22|=>=>=
Add	1|A,B>C>axis=i,broadcast=i:0,consumed_inputs=I	6|=>=>axis=i,broadcast=i:0	7|=>=>	13|=>=>=	14|=>=>=
AffineGrid	20|theta,size>grid>align_corners=i:0
And	1|A,B>C>axis=i,broadcast=i:0	7|=>=>
ArgMax	1|data>reduced>axis=i:0,keepdims=i:1	11|=>=>=	12|=>=>axis=i:0,keepdims=i:1,select_last_index=i:0	13|=>=>=
ArgMin	1|data>reduced>axis=i:0,keepdims=i:1	11|=>=>=	12|=>=>axis=i:0,keepdims=i:1,select_last_index=i:0	13|=>=>=
Asin	7|input>output>	22|=>=>=
Asinh	9|input>output>	22|=>=>=
Atan	7|input>output>	22|=>=>=
Atanh	9|input>output>	22|=>=>=
Attention	23|Q,K,V,attn_mask?,past_key?,past_value?>Y,present_key?,present_value?,qk_matmul_output?>is_causal=i:0,kv_num_heads=i,q_num_heads=i,qk_matmul_output_mode=i:0,scale=f,softcap=f:0,softmax_precision=i	24|Q,K,V,attn_mask?,past_key?,past_value?,nonpad_kv_seqlen?>=>=	25|=>=>is_causal=i:0,kv_num_heads=i,left_window_size=i:-1,q_num_heads=i,qk_matmul_output_mode=i:0,right_window_size=i:-1,scale=f,softcap=f:0,softmax_precision=i
AveragePool	1|X>Y>auto_pad=s:NOTSET,kernel_shape=I!,pads=I,strides=I	7|=>=>auto_pad=s:NOTSET,count_include_pad=i:0,kernel_shape=I!,pads=I,strides=I	10|=>=>auto_pad=s:NOTSET,ceil_mode=i:0,count_include_pad=i:0,kernel_shape=I!,pads=I,strides=I	11|=>=>=	19|=>=>auto_pad=s:NOTSET,ceil_mode=i:0,count_include_pad=i:0,dilations=I,kernel_shape=I!,pads=I,strides=I	22|=>=>=
BatchNormalization	1|X,scale,B,mean,var>Y,mean?,var?,saved_mean?,saved_var?>consumed_inputs=I!,epsilon=f:1e-05,is_test=i:0,momentum=f:0.9,spatial=i:1	6|=>=>epsilon=f:1e-05,is_test=i:0,momentum=f:0.9,spatial=i:1	7|=>=>epsilon=f:1e-05,momentum=f:0.9,spatial=i:1	9|=>=>epsilon=f:1e-05,momentum=f:0.9	14|X,scale,B,input_mean,input_var>Y,running_mean?,running_var?>epsilon=f:1e-05,momentum=f:0.9,training_mode=i:0	15|=>=>=
Bernoulli	15|input>output>dtype=i,seed=f	22|=>=>=
BitCast	26|input>output>to=i!
BitShift	11|X,Y>Z>direction=s!	28|=>=>=
BitwiseAnd	18|A,B>C>
BitwiseNot	18|X>Y>
BitwiseOr	18|A,B>C>
BitwiseXor	18|A,B>C>
BlackmanWindow	17|size>output>output_datatype=i:1,periodic=i:1
Cast	1|input>output>to=s!	6|=>=>to=i!	9|=>=>=	13|=>=>=	19|=>=>saturate=i:1,to=i!	21|=>=>=	23|=>=>=	24|=>=>round_mode=s:up,saturate=i:1,to=i!	25|=>=>=	28|=>=>=
CastLike	15|input,target_type>output>	19|=>=>saturate=i:1	21|=>=>=	23|=>=>=	24|=>=>round_mode=s:up,saturate=i:1	25|=>=>=
CausalConvWithState	27|input,weight,bias?,past_state?>output,present_state>activation=s:none
Ceil	1|X>Y>consumed_inputs=I	6|=>=>	13|=>=>=
Celu	12|X>Y>alpha=f:1	28|=>=>=
CenterCropPad	18|input_data,shape>output_data>axes=I
Clip	1|input>output>consumed_inputs=I,max=f,min=f	6|=>=>max=f:3.4028235e+38,min=f:-3.4028235e+38	11|input,min?,max?>=>	12|=>=>=	13|=>=>=
Col2Im	18|input,image_shape,block_shape>output>dilations=I,pads=I,strides=I
Compress	9|input,condition>output>axis=i	11|=>=>=	28|=>=>=
Concat	1|inputs*1>concat_result>axis=i	4|=>=>axis=i!	11|=>=>=	13|=>=>=
ConcatFromSequence	11|input_sequence>concat_result>axis=i!,new_axis=i:0
Constant	1|>output>value=t!	9|=>=>=	11|=>=>sparse_value=t,value=t	12|=>=>sparse_value=t,value=t,value_float=f,value_floats=F,value_int=i,value_ints=I,value_string=s,value_strings=S	13|=>=>=	19|=>=>=	21|=>=>=	23|=>=>=	24|=>=>=	25|=>=>=
ConstantOfShape	9|input>output>value=t	20|=>=>=	21|=>=>=	23|=>=>=	24|=>=>=	25|=>=>=
Conv	1|X,W,B?>Y>auto_pad=s:NOTSET,dilations=I,group=i:1,kernel_shape=I,pads=I,strides=I	11|=>=>=	22|=>=>=
ConvInteger	10|x,w,x_zero_point?,w_zero_point?>y>auto_pad=s:NOTSET,dilations=I,group=i:1,kernel_shape=I,pads=I,strides=I
ConvTranspose	1|X,W,B?>Y>auto_pad=s:NOTSET,dilations=I,group=i:1,kernel_shape=I,output_padding=I,output_shape=I,pads=I,strides=I	11|=>=>=	22|=>=>=
Cos	7|input>output>	22|=>=>=
Cosh	9|input>output>	22|=>=>=
CumProd	26|x,axis>y>exclusive=i:0,reverse=i:0
CumSum	11|x,axis>y>exclusive=i:0,reverse=i:0	14|=>=>=
DFT	17|input,dft_length?>output>axis=i:1,inverse=i:0,onesided=i:0	20|input,dft_length?,axis?>=>inverse=i:0,onesided=i:0
DeformConv	19|X,W,offset,B?,mask?>Y>dilations=I,group=i:1,kernel_shape=I,offset_group=i:1,pads=I,strides=I	22|=>=>=
DepthToSpace	1|input>output>blocksize=i!	11|=>=>blocksize=i!,mode=s:DCR	13|=>=>=	28|=>=>=
DequantizeLinear	10|x,x_scale,x_zero_point?>y>	13|=>=>axis=i:1	19|=>=>=	21|=>=>axis=i:1,block_size=i:0	23|=>=>axis=i:1,block_size=i:0,output_dtype=i:0	24|=>=>=	25|=>=>=	28|=>=>=
Det	11|X>Y>	22|=>=>=
Div	1|A,B>C>axis=i,broadcast=i:0,consumed_inputs=I	6|=>=>axis=i,broadcast=i:0	7|=>=>	13|=>=>=	14|=>=>=
Dropout	1|data>output,mask?>consumed_inputs=I,is_test=i:0,ratio=f:0.5	6|=>=>is_test=i:0,ratio=f:0.5	7|=>=>ratio=f:0.5	10|=>=>=	12|data,ratio?,training_mode?>=>seed=i	13|=>=>=	22|=>=>=
DynamicQuantizeLinear	11|x>y,y_scale,y_zero_point>
Einsum	12|Inputs*1>Output>equation=s!	28|=>=>=
Elu	1|X>Y>alpha=f:1,consumed_inputs=I	6|=>=>alpha=f:1	22|=>=>=
Equal	1|A,B>C>axis=i,broadcast=i:0	7|=>=>	11|=>=>=	13|=>=>=	19|=>=>=
Erf	9|input>output>	13|=>=>=
Exp	1|input>output>consumed_inputs=I	6|=>=>	13|=>=>=
Expand	8|input,shape>output>	13|=>=>=
EyeLike	9|input>output>dtype=i,k=i:0	22|=>=>=
Flatten	1|input>output>axis=i:1	9|=>=>=	11|=>=>=	13|=>=>=	21|=>=>=	23|=>=>=	24|=>=>=	25|=>=>=
Floor	1|X>Y>consumed_inputs=I	6|=>=>	13|=>=>=
GRU	1|X,W,R,B?,sequence_lens?,initial_h?>Y?,Y_h>activation_alpha=F,activation_beta=F,activations=S,clip=f,direction=s:foward,hidden_size=i,output_sequence=i:0	3|=>Y?,Y_h?>activation_alpha=F,activation_beta=F,activations=S,clip=f,direction=s:forward,hidden_size=i,linear_before_reset=i:0,output_sequence=i:0	7|=>=>activation_alpha=F,activation_beta=F,activations=S,clip=f,direction=s:forward,hidden_size=i,linear_before_reset=i:0	14|=>=>activation_alpha=F,activation_beta=F,activations=S,clip=f,direction=s:forward,hidden_size=i,layout=i:0,linear_before_reset=i:0	22|=>=>=
Gather	1|data,indices>output>axis=i:0	11|=>=>=	13|=>=>=
GatherElements	11|data,indices>output>axis=i:0	13|=>=>=
GatherND	11|data,indices>output>	12|=>=>batch_dims=i:0	13|=>=>=
Gelu	20|X>Y>approximate=s:none
Gemm	1|A,B,C>Y>alpha=f:1,beta=f:1,broadcast=i:0,transA=i:0,transB=i:0	6|=>=>=	7|=>=>alpha=f:1,beta=f:1,transA=i:0,transB=i:0	9|=>=>=	11|A,B,C?>=>=	13|=>=>=
GlobalAveragePool	1|X>Y>	22|=>=>=
GlobalLpPool	1|X>Y>p=f:2	2|=>=>p=i:2	22|=>=>=
GlobalMaxPool	1|X>Y>	22|=>=>=
Greater	1|A,B>C>axis=i,broadcast=i:0	7|=>=>	9|=>=>=	13|=>=>=
GreaterOrEqual	12|A,B>C>	16|=>=>=
GridSample	16|X,grid>Y>align_corners=i:0,mode=s:bilinear,padding_mode=s:zeros	20|=>=>align_corners=i:0,mode=s:linear,padding_mode=s:zeros	22|=>=>=
GroupNormalization	18-|X,scale,bias>Y>epsilon=f:1e-05,num_groups=i!	21|=>=>epsilon=f:1e-05,num_groups=i!,stash_type=i:1
HammingWindow	17|size>output>output_datatype=i:1,periodic=i:1
HannWindow	17|size>output>output_datatype=i:1,periodic=i:1
HardSigmoid	1|X>Y>alpha=f:0.2,beta=f:0.5,consumed_inputs=I	6|=>=>alpha=f:0.2,beta=f:0.5	22|=>=>=
HardSwish	14|X>Y>	22|=>=>=
Hardmax	1|input>output>axis=i:1	11|=>=>=	13|=>=>axis=i:-1
Identity	1|input>output>	13|=>=>=	14|=>=>=	16|=>=>=	19|=>=>=	21|=>=>=	23|=>=>=	24|=>=>=	25|=>=>=
If	1|cond>outputs*1~>else_branch=g!,then_branch=g!	11|=>=>=	13|=>=>=	16|=>=>=	19|=>=>=	21|=>=>=	23|=>=>=	24|=>=>=	25|=>=>=
ImageDecoder	20|encoded_stream>image>pixel_format=s:RGB
InstanceNormalization	1|input,scale,B>output>consumed_inputs=I,epsilon=f:1e-05	6|=>=>epsilon=f:1e-05	22|=>=>=
IsInf	10|X>Y>detect_negative=i:1,detect_positive=i:1	20|=>=>=
IsNaN	9|X>Y>	13|=>=>=	20|=>=>=
LRN	1|X>Y>alpha=f:1e-04,beta=f:0.75,bias=f:1,size=i!	13|=>=>=
LSTM	1|X,W,R,B?,sequence_lens?,initial_h?,initial_c?,P?>Y?,Y_h?,Y_c?>activation_alpha=F,activation_beta=F,activations=S,clip=f,direction=s:forward,hidden_size=i,input_forget=i:0,output_sequence=i:0	7|=>=>activation_alpha=F,activation_beta=F,activations=S,clip=f,direction=s:forward,hidden_size=i,input_forget=i:0	14|=>=>activation_alpha=F,activation_beta=F,activations=S,clip=f,direction=s:forward,hidden_size=i,input_forget=i:0,layout=i:0	22|=>=>=
LayerNormalization	17|X,Scale,B?>Y,Mean?,InvStdDev?>axis=i:-1,epsilon=f:1e-05,stash_type=i:1
LeakyRelu	1|X>Y>alpha=f:0.01,consumed_inputs=I	6|=>=>alpha=f:0.01	16|=>=>=
Less	1|A,B>C>axis=i,broadcast=i:0	7|=>=>	9|=>=>=	13|=>=>=
LessOrEqual	12|A,B>C>	16|=>=>=
LinearAttention	27|query,key,value,past_state?,decay?,beta?>output,present_state>chunk_size=i:64,kv_num_heads=i!,q_num_heads=i!,scale=f:0,update_rule=s:gated_delta
Log	1|input>output>consumed_inputs=I	6|=>=>	13|=>=>=
LogSoftmax	1|input>output>axis=i:1	11|=>=>=	13|=>=>axis=i:-1
Loop	1|M?,cond?,v_initial*1~>v_final_and_scan_outputs*1~>body=g!	11|M?,cond?,v_initial*0~>=>=	13|=>=>=	16|=>=>=	19|=>=>=	21|=>=>=	23|=>=>=	24|=>=>=	25|=>=>=
LpNormalization	1|input>output>axis=i:-1,p=i:2	22|=>=>=
LpPool	1|X>Y>auto_pad=s:NOTSET,kernel_shape=I,p=f:2,pads=I,strides=I	2|=>=>auto_pad=s:NOTSET,kernel_shape=I!,p=i:2,pads=I,strides=I	11|=>=>=	18|=>=>auto_pad=s:NOTSET,ceil_mode=i:0,dilations=I,kernel_shape=I!,p=i:2,pads=I,strides=I	22|=>=>=
MatMul	1|A,B>Y>	9|=>=>=	13|=>=>=
MatMulInteger	10|A,B,a_zero_point?,b_zero_point?>Y>
Max	1|data_0*1>max>consumed_inputs=I	6|=>=>	8|=>=>=	12|=>=>=	13|=>=>=
MaxPool	1|X>Y>auto_pad=s:NOTSET,kernel_shape=I!,pads=I,strides=I	8|=>Y,Indices?>auto_pad=s:NOTSET,kernel_shape=I!,pads=I,storage_order=i:0,strides=I	10|=>=>auto_pad=s:NOTSET,ceil_mode=i:0,dilations=I,kernel_shape=I!,pads=I,storage_order=i:0,strides=I	11|=>=>=	12|=>=>=	22|=>=>=
MaxRoiPool	1|X,rois>Y>pooled_shape=I!,spatial_scale=f:1	22|=>=>=
MaxUnpool	9|X,I,output_shape?>output>kernel_shape=I!,pads=I,strides=I	11|=>=>=	22|=>=>=
Mean	1|data_0*1>mean>consumed_inputs=I	6|=>=>	8|=>=>=	13|=>=>=
MeanVarianceNormalization	9|X>Y>axes=I:0 2 3	13|=>=>=
MelWeightMatrix	17|num_mel_bins,dft_length,sample_rate,lower_edge_hertz,upper_edge_hertz>output>output_datatype=i:1
Min	1|data_0*1>min>consumed_inputs=I	6|=>=>	8|=>=>=	12|=>=>=	13|=>=>=
Mish	18|X>Y>	22|=>=>=
Mod	10|A,B>C>fmod=i:0	13|=>=>=	28|=>=>=
Mul	1|A,B>C>axis=i,broadcast=i:0,consumed_inputs=I	6|=>=>axis=i,broadcast=i:0	7|=>=>	13|=>=>=	14|=>=>=
Multinomial	7|input>output>dtype=i:6,sample_size=i:1,seed=f	22|=>=>=
Neg	1|X>Y>consumed_inputs=I	6|=>=>	13|=>=>=
NegativeLogLikelihoodLoss	12|input,target,weight?>loss>ignore_index=i,reduction=s:mean	13|=>=>=	22|=>=>=
NonMaxSuppression	10|boxes,scores,max_output_boxes_per_class?,iou_threshold?,score_threshold?>selected_indices>center_point_box=i:0	11|=>=>=
NonZero	9|X>Y>	13|=>=>=
Not	1|X>Y>
OneHot	9|indices,depth,values>output>axis=i:-1	11|=>=>=	28|=>=>=
Optional	15|input?>output>type=y	28|=>=>=
OptionalGetElement	15|input>output>	18|=>=>=	28|=>=>=
OptionalHasElement	15|input>output>	18|input?>=>=	28|=>=>=
Or	1|A,B>C>axis=i,broadcast=i:0	7|=>=>
PRelu	1|X,slope>Y>consumed_inputs=I	6|=>=>	7|=>=>=	9|=>=>=	16|=>=>=
Pad	1|data>output>mode=s:constant,paddings=I!,value=f:0	2|=>=>mode=s:constant,pads=I!,value=f:0	11|data,pads,constant_value?>=>mode=s:constant	13|=>=>=	18|data,pads,constant_value?,axes?>=>=	19|=>=>=	21|=>=>=	23|=>=>=	24|=>=>=	25|=>=>=
Pow	1|X,Y>Z>axis=i,broadcast=i:0	7|=>=>	12|=>=>=	13|=>=>=	15|=>=>=
QLinearConv	10|x,x_scale,x_zero_point,w,w_scale,w_zero_point,y_scale,y_zero_point,B?>y>auto_pad=s:NOTSET,dilations=I,group=i:1,kernel_shape=I,pads=I,strides=I
QLinearMatMul	10|a,a_scale,a_zero_point,b,b_scale,b_zero_point,y_scale,y_zero_point>y>	21|=>=>=
QuantizeLinear	10|x,y_scale,y_zero_point?>y>	13|=>=>axis=i:1	19|=>=>axis=i:1,saturate=i:1	21|=>=>axis=i:1,block_size=i:0,output_dtype=i:0,saturate=i:1	23|=>=>axis=i:1,block_size=i:0,output_dtype=i:0,precision=i:0,saturate=i:1	24|=>=>=	25|=>=>=	28|=>=>=
RMSNormalization	23|X,scale>Y>axis=i:-1,epsilon=f:1e-05,stash_type=i:1
RNN	1|X,W,R,B?,sequence_lens?,initial_h?>Y?,Y_h?>activation_alpha=F,activation_beta=F,activations=S:Tanh Tanh,clip=f,direction=s:forward,hidden_size=i,output_sequence=i:0	7|=>=>activation_alpha=F,activation_beta=F,activations=S:Tanh Tanh,clip=f,direction=s:forward,hidden_size=i	14|=>=>activation_alpha=F,activation_beta=F,activations=S:Tanh Tanh,clip=f,direction=s:forward,hidden_size=i,layout=i:0	22|=>=>=
RandomNormal	1|>output>dtype=i:1,mean=f:0,scale=f:1,seed=f,shape=I!	22|=>=>=
RandomNormalLike	1|input>output>dtype=i,mean=f:0,scale=f:1,seed=f	22|=>=>=
RandomUniform	1|>output>dtype=i:1,high=f:1,low=f:0,seed=f,shape=I!	22|=>=>=
RandomUniformLike	1|input>output>dtype=i,high=f:1,low=f:0,seed=f	22|=>=>=
Range	11|start,limit,delta>output>	27|=>=>stash_type=i:1
Reciprocal	1|X>Y>consumed_inputs=I	6|=>=>	13|=>=>=
ReduceL1	1|data>reduced>axes=I,keepdims=i:1	11|=>=>=	13|=>=>=	18|data,axes?>=>keepdims=i:1,noop_with_empty_axes=i:0
ReduceL2	1|data>reduced>axes=I,keepdims=i:1	11|=>=>=	13|=>=>=	18|data,axes?>=>keepdims=i:1,noop_with_empty_axes=i:0
ReduceLogSum	1|data>reduced>axes=I,keepdims=i:1	11|=>=>=	13|=>=>=	18|data,axes?>=>keepdims=i:1,noop_with_empty_axes=i:0	28|=>=>=
ReduceLogSumExp	1|data>reduced>axes=I,keepdims=i:1	11|=>=>=	13|=>=>=	18|data,axes?>=>keepdims=i:1,noop_with_empty_axes=i:0	28|=>=>=
ReduceMax	1|data>reduced>axes=I,keepdims=i:1	11|=>=>=	12|=>=>=	13|=>=>=	18|data,axes?>=>keepdims=i:1,noop_with_empty_axes=i:0	20|=>=>=
ReduceMean	1|data>reduced>axes=I,keepdims=i:1	11|=>=>=	13|=>=>=	18|data,axes?>=>keepdims=i:1,noop_with_empty_axes=i:0
ReduceMin	1|data>reduced>axes=I,keepdims=i:1	11|=>=>=	12|=>=>=	13|=>=>=	18|data,axes?>=>keepdims=i:1,noop_with_empty_axes=i:0	20|=>=>=
ReduceProd	1|data>reduced>axes=I,keepdims=i:1	11|=>=>=	13|=>=>=	18|data,axes?>=>keepdims=i:1,noop_with_empty_axes=i:0
ReduceSum	1|data>reduced>axes=I,keepdims=i:1	11|=>=>=	13|data,axes?>=>keepdims=i:1,noop_with_empty_axes=i:0
ReduceSumSquare	1|data>reduced>axes=I,keepdims=i:1	11|=>=>=	13|=>=>=	18|data,axes?>=>keepdims=i:1,noop_with_empty_axes=i:0
RegexFullMatch	20|X>Y>pattern=s
Relu	1|X>Y>consumed_inputs=I	6|=>=>	13|=>=>=	14|=>=>=
Reshape	1|data>reshaped>consumed_inputs=I,shape=I	5|data,shape>=>	13|=>=>=	14|=>=>allowzero=i:0	19|=>=>=	21|=>=>=	23|=>=>=	24|=>=>=	25|=>=>=
Resize	10|X,scales>Y>mode=s:nearest	11|X,roi,scales,sizes?>=>coordinate_transformation_mode=s:half_pixel,cubic_coeff_a=f:-0.75,exclude_outside=i:0,extrapolation_value=f:0,mode=s:nearest,nearest_mode=s:round_prefer_floor	13|X,roi?,scales?,sizes?>=>=	18|=>=>antialias=i:0,axes=I,coordinate_transformation_mode=s:half_pixel,cubic_coeff_a=f:-0.75,exclude_outside=i:0,extrapolation_value=f:0,keep_aspect_ratio_policy=s:stretch,mode=s:nearest,nearest_mode=s:round_prefer_floor	19|=>=>=
ReverseSequence	10|input,sequence_lens>Y>batch_axis=i:1,time_axis=i:0	28|=>=>=
RoiAlign	10|X,rois,batch_indices>Y>mode=s:avg,output_height=i:1,output_width=i:1,sampling_ratio=i:0,spatial_scale=f:1	16|=>=>coordinate_transformation_mode=s:half_pixel,mode=s:avg,output_height=i:1,output_width=i:1,sampling_ratio=i:0,spatial_scale=f:1	22|=>=>=
RotaryEmbedding	23|X,cos_cache,sin_cache,position_ids?>Y>interleaved=i:0,num_heads=i,rotary_embedding_dim=i:0
Round	11|X>Y>	22|=>=>=
STFT	17|signal,frame_step,window?,frame_length?>output>onesided=i:1
Scan	8|sequence_lens?,initial_state_and_scan_inputs*1~>final_state_and_scan_outputs*1~>body=g!,directions=I,num_scan_inputs=i!	9|initial_state_and_scan_inputs*1~>=>body=g!,num_scan_inputs=i!,scan_input_axes=I,scan_input_directions=I,scan_output_axes=I,scan_output_directions=I	11|=>=>=	16|=>=>=	19|=>=>=	21|=>=>=	23|=>=>=	24|=>=>=	25|=>=>=
Scatter	9|data,indices,updates>output>axis=i:0	11-|=>=>=
ScatterElements	11|data,indices,updates>output>axis=i:0	13|=>=>=	16|=>=>axis=i:0,reduction=s:none	18|=>=>=
ScatterND	11|data,indices,updates>output>	13|=>=>=	16|=>=>reduction=s:none	18|=>=>=
Selu	1|X>Y>alpha=f:1.6732,consumed_inputs=I,gamma=f:1.0507	6|=>=>alpha=f:1.6732632,gamma=f:1.050701	22|=>=>=
SequenceAt	11|input_sequence,position>tensor>
SequenceConstruct	11|inputs*1>output_sequence>
SequenceEmpty	11|>output>dtype=i
SequenceErase	11|input_sequence,position?>output_sequence>
SequenceInsert	11|input_sequence,tensor,position?>output_sequence>
SequenceLength	11|input_sequence>length>
SequenceMap	17|input_sequence,additional_inputs*0~>out_sequence*1~>body=g!
Shape	1|data>shape>	13|=>=>=	15|=>=>end=i,start=i:0	19|=>=>=	21|=>=>=	23|=>=>=	24|=>=>=	25|=>=>=
Shrink	9|input>output>bias=f:0,lambd=f:0.5
Sigmoid	1|X>Y>consumed_inputs=I	6|=>=>	13|=>=>=
Sign	9|input>output>	13|=>=>=
Sin	7|input>output>	22|=>=>=
Sinh	9|input>output>	22|=>=>=
Size	1|data>size>	13|=>=>=	19|=>=>=	21|=>=>=	23|=>=>=	24|=>=>=	25|=>=>=
Slice	1|data>output>axes=I,ends=I!,starts=I!	10|data,starts,ends,axes?,steps?>=>	11|=>=>=	13|=>=>=
Softmax	1|input>output>axis=i:1	11|=>=>=	13|=>=>axis=i:-1
SoftmaxCrossEntropyLoss	12|scores,labels,weights?>output,log_prob?>ignore_index=i,reduction=s:mean	13|=>=>=
Softplus	1|X>Y>	22|=>=>=
Softsign	1|input>output>	22|=>=>=
SpaceToDepth	1|input>output>blocksize=i!	13|=>=>=	28|=>=>blocksize=i!,mode=s:DCR
Split	1|input,split?>outputs...*1>axis=i,split=I	2|input>outputs*1>axis=i:0,split=I	11|=>=>=	13|input,split?>=>axis=i:0	18|=>=>axis=i:0,num_outputs=i
SplitToSequence	11|input,split?>output_sequence>axis=i:0,keepdims=i:1	24|=>=>=
Sqrt	1|X>Y>consumed_inputs=I	6|=>=>	13|=>=>=
Squeeze	1|data>squeezed>axes=I	11|=>=>=	13|data,axes?>=>	21|=>=>=	23|=>=>=	24|=>=>=	25|=>=>=
StringConcat	20|X,Y>Z>
StringNormalizer	10|X>Y>case_change_action=s:NONE,is_case_sensitive=i:0,locale=s,stopwords=S
StringSplit	20|X>Y,Z>delimiter=s,maxsplit=i
Sub	1|A,B>C>axis=i,broadcast=i:0,consumed_inputs=I	6|=>=>axis=i,broadcast=i:0	7|=>=>	13|=>=>=	14|=>=>=
Sum	1|data_0*1>sum>consumed_inputs=I	6|=>=>	8|=>=>=	13|=>=>=
SwiGLU	28|A,B>Y>alpha=f:1
Swish	24|X>Y>alpha=f:1
Tan	7|input>output>	22|=>=>=
Tanh	1|input>output>consumed_inputs=I	6|=>=>	13|=>=>=
TensorScatter	24|past_cache,update,write_indices?>present_cache>axis=i:-2,mode=s:linear
TfIdfVectorizer	9|X>Y>max_gram_length=i!,max_skip_count=i!,min_gram_length=i!,mode=s!,ngram_counts=I!,ngram_indexes=I!,pool_int64s=I,pool_strings=S,weights=F
ThresholdedRelu	10|X>Y>alpha=f:1	22|=>=>=
Tile	1|input,tiles,axis>output>	6|input,repeats>=>=	13|=>=>=
TopK	1|X>Values,Indices>axis=i:-1,k=i!	10|X,K>=>axis=i:-1	11|=>=>axis=i:-1,largest=i:1,sorted=i:1	24|=>=>=
Transpose	1|data>transposed>perm=I	13|=>=>=	21|=>=>=	23|=>=>=	24|=>=>=	25|=>=>=
Trilu	14|input,k?>output>upper=i:1
Unique	11|X>Y,indices?,inverse_indices?,counts?>axis=i,sorted=i:1	28|=>=>=
Unsqueeze	1|data>expanded>axes=I!	11|=>=>=	13|data,axes>=>	21|=>=>=	23|=>=>=	24|=>=>=	25|=>=>=
Upsample	1|X>Y>height_scale=f!,mode=s:nearest,width_scale=f!	7|=>=>mode=s:nearest,scales=F!	9|X,scales>=>mode=s:nearest	10-|=>=>=
Where	9|condition,X,Y>output>	16|=>=>=
Xor	1|A,B>C>axis=i,broadcast=i:0	7|=>=>
ai.onnx.ml:ArrayFeatureExtractor	1|X,Y>Z>
ai.onnx.ml:Binarizer	1|X>Y>threshold=f:0
ai.onnx.ml:CastMap	1|X>Y>cast_to=s:TO_FLOAT,map_form=s:DENSE,max_map=i:1
ai.onnx.ml:CategoryMapper	1|X>Y>cats_int64s=I,cats_strings=S,default_int64=i:-1,default_string=s:_Unused
ai.onnx.ml:DictVectorizer	1|X>Y>int64_vocabulary=I,string_vocabulary=S
ai.onnx.ml:FeatureVectorizer	1|X*1>Y>inputdimensions=I
ai.onnx.ml:Imputer	1|X>Y>imputed_value_floats=F,imputed_value_int64s=I,replaced_value_float=f:0,replaced_value_int64=i:0
ai.onnx.ml:LabelEncoder	1|X>Y>classes_strings=S,default_int64=i:-1,default_string=s:_Unused	2|=>=>default_float=f:-0,default_int64=i:-1,default_string=s:_Unused,keys_floats=F,keys_int64s=I,keys_strings=S,values_floats=F,values_int64s=I,values_strings=S	4|=>=>default_float=f:-0,default_int64=i:-1,default_string=s:_Unused,default_tensor=t,keys_floats=F,keys_int64s=I,keys_strings=S,keys_tensor=t,values_floats=F,values_int64s=I,values_strings=S,values_tensor=t
ai.onnx.ml:LinearClassifier	1|X>Y,Z>classlabels_ints=I,classlabels_strings=S,coefficients=F!,intercepts=F,multi_class=i:0,post_transform=s:NONE
ai.onnx.ml:LinearRegressor	1|X>Y>coefficients=F,intercepts=F,post_transform=s:NONE,targets=i:1
ai.onnx.ml:Normalizer	1|X>Y>norm=s:MAX
ai.onnx.ml:OneHotEncoder	1|X>Y>cats_int64s=I,cats_strings=S,zeros=i:1
ai.onnx.ml:SVMClassifier	1|X>Y,Z>classlabels_ints=I,classlabels_strings=S,coefficients=F,kernel_params=F,kernel_type=s:LINEAR,post_transform=s:NONE,prob_a=F,prob_b=F,rho=F,support_vectors=F,vectors_per_class=I
ai.onnx.ml:SVMRegressor	1|X>Y>coefficients=F,kernel_params=F,kernel_type=s:LINEAR,n_supports=i:0,one_class=i:0,post_transform=s:NONE,rho=F,support_vectors=F
ai.onnx.ml:Scaler	1|X>Y>offset=F,scale=F
ai.onnx.ml:TreeEnsemble	5|X>Y>aggregate_function=i:1,leaf_targetids=I!,leaf_weights=t!,membership_values=t,n_targets=i,nodes_falseleafs=I!,nodes_falsenodeids=I!,nodes_featureids=I!,nodes_hitrates=t,nodes_missing_value_tracks_true=I,nodes_modes=t!,nodes_splits=t!,nodes_trueleafs=I!,nodes_truenodeids=I!,post_transform=i:0,tree_roots=I!
ai.onnx.ml:TreeEnsembleClassifier	1|X>Y,Z>base_values=F,class_ids=I,class_nodeids=I,class_treeids=I,class_weights=F,classlabels_int64s=I,classlabels_strings=S,nodes_falsenodeids=I,nodes_featureids=I,nodes_hitrates=F,nodes_missing_value_tracks_true=I,nodes_modes=S,nodes_nodeids=I,nodes_treeids=I,nodes_truenodeids=I,nodes_values=F,post_transform=s:NONE	3|=>=>base_values=F,base_values_as_tensor=t,class_ids=I,class_nodeids=I,class_treeids=I,class_weights=F,class_weights_as_tensor=t,classlabels_int64s=I,classlabels_strings=S,nodes_falsenodeids=I,nodes_featureids=I,nodes_hitrates=F,nodes_hitrates_as_tensor=t,nodes_missing_value_tracks_true=I,nodes_modes=S,nodes_nodeids=I,nodes_treeids=I,nodes_truenodeids=I,nodes_values=F,nodes_values_as_tensor=t,post_transform=s:NONE	5-|=>=>=
ai.onnx.ml:TreeEnsembleRegressor	1|X>Y>aggregate_function=s:SUM,base_values=F,n_targets=i,nodes_falsenodeids=I,nodes_featureids=I,nodes_hitrates=F,nodes_missing_value_tracks_true=I,nodes_modes=S,nodes_nodeids=I,nodes_treeids=I,nodes_truenodeids=I,nodes_values=F,post_transform=s:NONE,target_ids=I,target_nodeids=I,target_treeids=I,target_weights=F	3|=>=>aggregate_function=s:SUM,base_values=F,base_values_as_tensor=t,n_targets=i,nodes_falsenodeids=I,nodes_featureids=I,nodes_hitrates=F,nodes_hitrates_as_tensor=t,nodes_missing_value_tracks_true=I,nodes_modes=S,nodes_nodeids=I,nodes_treeids=I,nodes_truenodeids=I,nodes_values=F,nodes_values_as_tensor=t,post_transform=s:NONE,target_ids=I,target_nodeids=I,target_treeids=I,target_weights=F,target_weights_as_tensor=t	5-|=>=>=
ai.onnx.ml:ZipMap	1|X>Z>classlabels_int64s=I,classlabels_strings=S
ai.onnx.preview:FlexAttention	1|Q,K,V>Y>prob_mod=g,scale=f,score_mod=g,softmax_precision=i
ai.onnx.preview.training:Adagrad	1|R,T,inputs*1~>outputs*1~>decay_factor=f:0,epsilon=f:1e-06,norm_coefficient=f:0
ai.onnx.preview.training:Adam	1|R,T,inputs*1~>outputs*1~>alpha=f:0.9,beta=f:0.999,epsilon=f:1e-06,norm_coefficient=f:0,norm_coefficient_post=f:0
ai.onnx.preview.training:Gradient	1|Inputs*1~>Outputs*1~>xs=S!,y=s!,zs=S
ai.onnx.preview.training:Momentum	1|R,T,inputs*1~>outputs*1~>alpha=f!,beta=f!,mode=s!,norm_coefficient=f!`;

/** The types of the same ops, in the same order. */
export const packedTypes = `T>T>T=0	T>T>T=1	T>T>T=2
T>T>T=0	T>T>T=3
T>T>T=0	T>T>T=3
T,T>T>T=0	T,T>T>T=4	=	T,T>T>T=5	T,T>T>T=2
T1,T2>T1>T1=3,T2=6
T,T>T1>T=7,T1=7	=
T>int64>T=1	=	=	T>int64>T=2
T>int64>T=1	=	=	T>int64>T=2
T>T>T=0	T>T>T=3
T>T>T=0	T>T>T=3
T>T>T=0	T>T>T=3
T>T>T=0	T>T>T=3
T1,T1,T2,U,T1,T2>T1,T1,T2,T1>T1=3,T2=3,U=8	T1,T1,T2,U,T1,T2,int64>T1,T1,T2,T1>T1=3,T2=3,U=8	=
T>T>T=0	=	=	=	=	T>T>T=3
T,T,T,T,T>T,T,T,T,T>T=0	=	=	=	T,T,T,U,U>T,U,U>T=3,U=3	T,T1,T1,T2,T2>T,T2,T2>T=3,T1=3,T2=3
T1>T2>T1=0,T2=8	T1>T2>T1=3,T2=8
T1>T2>T1=9,T2=9
T,T>T>T=10	T,T>T>T=11
T,T>T>T=11
T>T>T=11
T,T>T>T=11
T,T>T>T=11
T1>T2>T1=12,T2=2
T1>T2>T1=13,T2=13	=	T1>T2>T1=14,T2=14	T1>T2>T1=15,T2=15	T1>T2>T1=16,T2=16	T1>T2>T1=17,T2=17	T1>T2>T1=18,T2=18	T1>T2>T1=19,T2=19	T1>T2>T1=20,T2=20	T1>T2>T1=21,T2=21
T1,T2>T2>T1=15,T2=15	T1,T2>T2>T1=16,T2=16	T1,T2>T2>T1=17,T2=17	T1,T2>T2>T1=18,T2=18	T1,T2>T2>T1=19,T2=19	T1,T2>T2>T1=20,T2=20
T,T,T,T>T,T>T=22
T>T>T=0	=	T>T>T=3
T>T>T=23	T>T>T=3
T,Tind>T>T=24,Tind=12
T>T>T=0	=	T,T,T>T>T=0	T,T,T>T>T=1	T,T,T>T>T=2
T,int64,int64>T>T=24
T,T1>T>T=25,T1=7	=	T,T1>T>T=24,T1=7
T>T>T=0	T>T>T=25	=	T>T>T=24
S>T>S=26,T=25
>T>T=0	>T>T=25	=	=	>T>T=24	>T>T=27	>T>T=28	>T>T=29	>T>T=30	>T>T=31
T1>T2>T1=6,T2=13	T1>T2>T1=6,T2=32	T1>T2>T1=6,T2=33	T1>T2>T1=6,T2=34	T1>T2>T1=6,T2=35	T1>T2>T1=6,T2=36
T,T,T>T>T=0	=	T,T,T>T>T=3
T1,T2,T1,T2>T3>T1=37,T2=37,T3=38
T,T,T>T>T=0	=	T,T,T>T>T=3
T>T>T=0	T>T>T=3
T>T>T=0	T>T>T=3
T,T2>T>T=5,T2=12
T,T2>T>T=39,T2=12	T,T2>T>T=5,T2=12
T1,T2>T1>T1=3,T2=12	T1,T2,int64>T1>T1=3,T2=12
T,T,T,T,T>T>T=0	T,T,T,T,T>T>T=3
T>T>T=25	=	T>T>T=24	=
T,float32,T>float32>T=40	=	T1,T2,T1>T2>T1=41,T2=22	T1,T2,T1>T2>T1=42,T2=22	T1,T2,T1>T3>T1=43,T2=22,T3=22	T1,T2,T1>T3>T1=43,T2=44,T3=22	T1,T2,T1>T3>T1=45,T2=44,T3=22	T1,T2,T1>T3>T1=46,T2=44,T3=22
T>T>T=0	T>T>T=3
T,T>T>T=0	T,T>T>T=4	=	T,T>T>T=5	T,T>T>T=2
T>T,T>T=0	=	=	T>T,T1>T=0,T1=7	T,T1,T2>T,T2>T=0,T1=0,T2=7	T,T1,T2>T,T2>T=3,T1=0,T2=7	T,T1,T2>T,T2>T=47,T1=47,T2=7
T1>T2,float32,T2>T1=23,T2=48
T>T>T=1	T>T>T=2
T>T>T=0	=	T>T>T=3
T,T>T1>T=49,T1=7	=	T,T>T1>T=13,T1=7	T,T>T1>T=8,T1=7	T,T>T1>T=15,T1=7
T>T>T=1	T>T>T=3
T>T>T=0	=	T>T>T=3
T,int64>T>T=25	T,int64>T>T=24
T1>T2>T1=13,T2=13	T1>T2>T1=8,T2=8
T>T>T=0	T>T>T=25	=	T>T>T=24	T>T>T=28	T>T>T=29	T>T>T=30	T>T>T=31
T>T>T=0	=	T>T>T=3
T,T,T,T,T1,T>T,T>T=0,T1=38	=	=	=	T,T,T,T,T1,T>T,T>T=3,T1=38
T,Tind>T>T=25,Tind=12	=	T,Tind>T>T=24,Tind=12
T,Tind>T>T=25,Tind=12	T,Tind>T>T=24,Tind=12
T,int64>T>T=25	=	T,int64>T>T=24
T>T>T=3
T,T,T>T>T=0	=	=	T,T,T>T>T=4	=	T,T,T>T>T=5
T>T>T=0	T>T>T=3
T>T>T=0	=	T>T>T=3
T>T>T=0	T>T>T=3
T,T>T1>T=0,T1=7	=	T,T>T1>T=1,T1=7	T,T>T1>T=2,T1=7
T,T>T1>T=1,T1=7	T,T>T1>T=2,T1=7
T1,T2>T1>T1=25,T2=0	=	T1,T2>T1>T1=24,T2=3
T,T,T>T>T=3	=
T1>T2>T1=12,T2=2
T1>T2>T1=12,T2=2
T>T>T=0	=	T>T>T=3
T>T>T=0	T>T>T=3
T>T>T=0	=	T>T>T=3
T>T>T=25	T>T>T=24	V>V>V=50	V>V>V=51	V>V>V=52	V>V>V=53	V>V>V=54	V>V>V=55	V>V>V=56
B>V>V=25,B=7	=	B>V>V=57,B=7	B>V>V=58,B=7	B>V>V=59,B=7	B>V>V=60,B=7	B>V>V=61,B=7	B>V>V=62,B=7	B>V>V=63,B=7
T1>T2>T1=48,T2=48
T,T,T>T>T=0	=	T,T,T>T>T=3
T1>T2>T1=64,T2=7	T1>T2>T1=47,T2=7
T1>T2>T1=0,T2=7	T1>T2>T1=3,T2=7	T1>T2>T1=47,T2=7
T>T>T=0	T>T>T=3
T,T,T,T,T1,T,T,T>T,T,T>T=0,T1=38	=	=	T,T,T,T,T1,T,T,T>T,T,T>T=3,T1=38
T,T,T>T,U,U>T=3,U=65
T>T>T=0	=	T>T>T=3
T,T>T1>T=0,T1=7	=	T,T>T1>T=1,T1=7	T,T>T1>T=2,T1=7
T,T>T1>T=1,T1=7	T,T>T1>T=2,T1=7
T,T,T,S,T,T>T,S>T=22,S=22
T>T>T=0	=	T>T>T=3
T>T>T=0	=	T>T>T=3
I,B,V>V>V=25,I=6,B=7	=	I,B,V>V>V=57,I=6,B=7	I,B,V>V>V=58,I=6,B=7	I,B,V>V>V=59,I=6,B=7	I,B,V>V>V=60,I=6,B=7	I,B,V>V>V=61,I=6,B=7	I,B,V>V>V=62,I=6,B=7	I,B,V>V>V=63,I=6,B=7
T>T>T=0	T>T>T=3
T>T>T=0	=	=	=	T>T>T=3
T,T>T>T=0	T,T>T>T=4	T,T>T>T=5
T1,T2,T1,T2>T3>T1=37,T2=37,T3=38
T>T>T=0	=	=	T>T>T=1	T>T>T=2
T>T>T=0	T>T,I>T=0,I=6	=	=	T>T,I>T=66,I=6	T>T,I>T=67,I=6
T,T>T>T=0	T,T>T>T=3
T1,T2,T2>T1>T1=0,T2=6	=	T1,T2,T2>T1>T1=3,T2=6
T>T>T=0	=	=	T>T>T=3
T>T>T=0	T>T>T=3
T1,T1,T1,T2,T2>T3>T1=12,T2=3,T3=2
T>T>T=0	=	=	T>T>T=1	T>T>T=2
T>T>T=0	T>T>T=3
T,T>T>T=1	T,T>T>T=2	=
T,T>T>T=0	T,T>T>T=4	=	T,T>T>T=5	T,T>T>T=2
T1>T2>T1=0,T2=12	T1>T2>T1=3,T2=12
T>T>T=0	T>T>T=68	T>T>T=69
T,Tind,T>T>T=0,Tind=12	=	T,Tind,T>T>T=3,Tind=12
float32,float32,int64,float32,float32>int64>	=
T>int64>T=25	T>int64>T=24
T>T>T=7
T1,T2,T3>T3>T1=1,T2=1,T3=25	=	T1,T2,T3>T3>T1=1,T2=1,T3=24
V>O>V=57,O=70	V>O>V=71,O=72
O>V>O=70,V=57	O>V>O=73,V=57	O>V>O=74,V=71
O>B>O=70,B=7	O>B>O=73,B=7	O>B>O=74,B=7
T,T>T1>T=7,T1=7	=
T,T>T>T=0	=	=	T,T>T>T=4	T,T>T>T=5
T>T>T=0	=	T,int64,T>T>T=1	T,int64,T>T>T=24	T,int64,T,Tind>T>T=24,Tind=12	=	T,int64,T,Tind>T>T=28,Tind=12	T,int64,T,Tind>T>T=29,Tind=12	T,int64,T,Tind>T>T=30,Tind=12	T,int64,T,Tind>T>T=31,Tind=12
T,T>T>T=0	=	T,T1>T>T=75,T1=1	T,T1>T>T=76,T1=1	T,T1>T>T=76,T1=2
T1,float32,T1,T2,float32,T2,float32,T3,T4>T3>T1=37,T2=37,T3=37,T4=38
T1,float32,T1,T2,float32,T2,float32,T3>T3>T1=37,T2=37,T3=37	T1,TS,T1,T2,TS,T2,TS,T3>T3>TS=22,T1=77,T2=77,T3=77
T1,float32,T2>T2>T1=78,T2=37	=	T1,T1,T2>T2>T1=79,T2=77	T1,T1,T2>T2>T1=79,T2=80	T1,T2,T3>T3>T1=79,T2=79,T3=81	T1,T2,T3>T3>T1=79,T2=82,T3=81	T1,T2,T3>T3>T1=79,T2=82,T3=83	T1,T2,T3>T3>T1=79,T2=82,T3=84
T,V>V>T=3,V=3
T,T,T,T,T1,T>T,T>T=0,T1=38	=	=	T,T,T,T,T1,T>T,T>T=3,T1=38
>T>T=0	>T>T=3
T1>T2>T1=25,T2=0	T1>T2>T1=24,T2=3
>T>T=0	>T>T=3
T1>T2>T1=25,T2=0	T1>T2>T1=24,T2=3
T,T,T>T>T=85	T,T,T>T>T=86
T>T>T=0	=	T>T>T=3
T>T>T=4	=	T>T>T=5	T,int64>T>T=5
T>T>T=4	=	T>T>T=5	T,int64>T>T=5
T>T>T=4	=	T>T>T=5	T,int64>T>T=5	T,int64>T>T=3
T>T>T=4	=	T>T>T=5	T,int64>T>T=5	T,int64>T>T=3
T>T>T=4	=	T>T>T=87	T>T>T=88	T,int64>T>T=88	T,int64>T>T=89
T>T>T=4	=	T>T>T=5	T,int64>T>T=5
T>T>T=4	=	T>T>T=87	T>T>T=88	T,int64>T>T=88	T,int64>T>T=89
T>T>T=4	=	T>T>T=5	T,int64>T>T=5
T>T>T=4	=	T,int64>T>T=5
T>T>T=4	=	T>T>T=5	T,int64>T>T=5
T1>T2>T1=90,T2=7
T>T>T=0	=	T>T>T=3	T>T>T=69
T>T>T=0	T,int64>T>T=25	T,int64>T>T=24	=	T,int64>T>T=27	T,int64>T>T=28	T,int64>T>T=29	T,int64>T>T=30	T,int64>T>T=31
T,float32>T>T=25	T1,T2,float32,int64>T1>T1=25,T2=0	T1,T2,float32,int64>T1>T1=24,T2=0	=	=
T,int64>T>T=25	T,int64>T>T=24
T1,T1,T2>T1>T1=0,T2=6	=	T1,T1,T2>T1>T1=3,T2=6
T,T,T,M>T>T=22,M=6
T>T>T=0	T>T>T=3
T1,T2,T1,T2>T1>T1=3,T2=12
I,V>V>I=6,V=25	V>V>V=25	=	V>V>V=24	V>V>V=27	V>V>V=28	V>V>V=29	V>V>V=30	V>V>V=31
T,Tind,T>T>T=25,Tind=12	=
T,Tind,T>T>T=25,Tind=12	T,Tind,T>T>T=24,Tind=12	=	=
T,int64,T>T>T=25	T,int64,T>T>T=24	=	=
T>T>T=0	=	T>T>T=3
S,I>T>S=26,T=25,I=12
T>S>T=25,S=26
>S>S=26
S,I>S>S=26,I=12
S,T,I>S>T=25,S=26,I=12
S>I>S=26,I=6
S,V>S>S=26,V=57
T>T1>T=25,T1=6	T>T1>T=24,T1=6	=	T>T1>T=27,T1=6	T>T1>T=28,T1=6	T>T1>T=29,T1=6	T>T1>T=30,T1=6	T>T1>T=31,T1=6
T>T>T=1
T>T>T=0	=	T>T>T=3
T>T>T=1	T>T>T=2
T>T>T=0	T>T>T=3
T>T>T=0	T>T>T=3
T>T1>T=25,T1=6	T>T1>T=24,T1=6	T>T1>T=27,T1=6	T>T1>T=28,T1=6	T>T1>T=29,T1=6	T>T1>T=30,T1=6	T>T1>T=31,T1=6
T>T>T=25	T,Tind,Tind,Tind,Tind>T>T=25,Tind=12	=	T,Tind,Tind,Tind,Tind>T>T=24,Tind=12
T>T>T=0	=	T>T>T=3
T,Tind,T>T,T>T=0,Tind=12	T,Tind,T>T,T>T=3,Tind=12
T>T>T=0	T>T>T=3
T>T>T=0	T>T>T=3
T>T>T=25	T>T>T=24	=
T,T>T>T=0	T>T>T=25	=	T,int64>T>T=24	=
T,I>S>T=25,I=12,S=26	T,I>S>T=24,I=12,S=91
T>T>T=0	=	T>T>T=3
T>T>T=25	=	T,int64>T>T=24	T,int64>T>T=28	T,int64>T>T=29	T,int64>T>T=30	T,int64>T>T=31
T,T>T>T=90
string>string>
T1>T2,T3>T1=90,T2=90,T3=6
T,T>T>T=0	T,T>T>T=4	=	T,T>T>T=5	T,T>T>T=2
T>T>T=0	=	=	T>T>T=3
T,T>T>T=3
T>T>T=3
T>T>T=0	T>T>T=3
T>T>T=0	=	T>T>T=3
T,T,int64>T>T=30
T>T1>T=92,T1=23
T>T>T=0	T>T>T=3
T,T,T>T>T=0,T1=6	T,T1>T>T=25,T1=6	T,T1>T>T=24,T1=6
T>T,I>T=0,I=6	T,int64>T,I>T=0,I=6	T,int64>T,I>T=1,I=6	T,int64>T,I>T=2,I=6
T>T>T=25	T>T>T=24	T>T>T=28	T>T>T=29	T>T>T=30	T>T>T=31
T,int64>T>T=24
T>T,int64,int64,int64>T=25	T>T,int64,int64,int64>T=24
T>T>T=25	=	T,int64>T>T=24	T,int64>T>T=28	T,int64>T>T=29	T,int64>T>T=30	T,int64>T>T=31
T>T>T=93	T>T>T=25	T,float32>T>T=25	=
B,T,T>T>B=7,T=25	B,T,T>T>B=7,T=24
T,T>T1>T=7,T1=7	=
T,int64>T>T=94
T>T>T=95
T1>T2>T1=96,T2=97
T1>T2>T1=98,T2=98
T1>T2>T1=99,T2=100
T1>float32>T1=95
T>T>T=95
T1>T2>T1=98,T2=98	T1>T2>T1=97,T2=97	T1>T2>T1=101,T2=101
T1>T2,float32>T1=95,T2=98
T>float32>T=95
T>float32>T=95
T>float32>T=94
T1>T2,float32>T1=95,T2=98
T>float32>T=95
T>float32>T=95
T>T>T=0
T1>T2,float32>T1=95,T2=98	=	=
T>float32>T=95	=	=
float32>T>T=102
T1,T1,T1>T1>T1=3
T1,T2,T3>T3>T1=64,T2=6,T3=64
T1,T2,T3>T3>T1=64,T2=6,T3=64
T1>T2>T1=25,T2=0
T1,T2,T3>T3>T1=64,T2=6,T3=64`;

/** com.microsoft: names, counts and attributes. */
export const packedContribParams = `com.microsoft:Attention	1|input,weights,bias?,mask_index?,past?,attention_bias?,past_sequence_length?>output,present?>do_rotary=i,mask_filter_value=f,num_heads=i!,past_present_share_buffer=i,qkv_hidden_sizes=I,rotary_embedding_dim=i,scale=f,unidirectional=i:0
com.microsoft:AttnLSTM	1|X,W,R,B?,sequence_lens?,initial_h?,initial_c?,P?,QW?,MW?,V?,M?,memory_seq_lens?,AW?>Y?,Y_h?,Y_c?>activation_alpha=F,activation_beta=F,activations=S,clip=f,direction=s:forward,hidden_size=i,input_forget=i:0
com.microsoft:BeamSearch	1|input_ids,max_length,min_length?,num_beams,num_return_sequences,length_penalty?,repetition_penalty?,vocab_mask?,prefix_vocab_mask?,attention_mask?,decoder_input_ids?,logits_processor?>sequences,sequences_scores?,scores?>decoder=g!,decoder_start_token_id=i:-1,early_stopping=i:0,encoder=g,eos_token_id=i!,init_decoder=g,model_type=i:0,no_repeat_ngram_size=i:0,pad_token_id=i!,vocab_size=i:-1
com.microsoft:BiasAdd	1|X,bias,skip>Y>
com.microsoft:BiasDropout	1|data,bias,residual?,ratio?,training_mode?>output,mask?>seed=i
com.microsoft:BiasGelu	1|A,B>C>
com.microsoft:BiasSoftmax	1|data,bias>output>axis=i:1,is_inner_broadcast=i!
com.microsoft:BiasSplitGelu	1|X,bias>Y>
com.microsoft:BifurcationDetector	1|src_tokens,cur_tokens,prev_suffix_match_idx,pred_tokens?>tokens,suffix_match_idx>max_ngram_size=i:3,min_ngram_size=i:1
com.microsoft:BitmaskBiasDropout	1|data,bias,residual?,ratio?,training_mode?>output,mask?>seed=i
com.microsoft:BitmaskDropout	1|data,ratio?,training_mode?>output,mask?>seed=i
com.microsoft:BranchwiseRMSNorm	1|X,scale?>Y>epsilon=f:1e-05,num_branches=i:0
com.microsoft:CDist	1|A,B>C>metric=s:sqeuclidean
com.microsoft:CausalConvWithState	1|input,weight,bias?,past_state?>output,present_state>activation=s:none,channels_last=i:0,dilation=i:1,ndim=i:1,state_window=i:0
com.microsoft:ComplexMul	1|A,B>C>
com.microsoft:ComplexMulConj	1|A,B>C>
com.microsoft:ConvTransposeWithDynamicPads	1|X,W,Pads?,B?>Y>auto_pad=s:NOTSET,dilations=I,group=i:1,kernel_shape=I,output_padding=I,strides=I
com.microsoft:CropAndResize	1|X,rois,batch_indices,crop_size>Y>extrapolation_value=f:0,mode=s:bilinear
com.microsoft:DecoderAttention	1|query,key,q_weight,kv_weight,bias,key_padding_mask?,key_cache?,value_cache?,static_kv,use_past,has_layer_state,has_key_padding_mask>output,new_key_cache?,new_value_cache?>mask_filter_value=f,num_heads=i!
com.microsoft:DecoderMaskedMultiHeadAttention	1|query,key?,value?,mask_index?,attention_bias?,past_key?,past_value?,past_sequence_length?,beam_width?,cache_indirection?,bias?>output,present_key?,present_value?,qk?>mask_filter_value=f,num_heads=i!,output_qk=i,past_present_share_buffer=i,scale=f
com.microsoft:DecoderMaskedSelfAttention	1|input,weights,bias,mask_index?,past,attention_bias?,past_sequence_length,beam_width?,cache_indirection?>output,present>do_rotary=i,mask_filter_value=f,num_heads=i!,past_present_share_buffer=i,scale=f
com.microsoft:DequantizeBFP	1|x,shape,strides>y>bfp_type=i!,block_dim=i:-1,dtype=i:1
com.microsoft:DequantizeLinear	1|x,x_scale,x_zero_point?>y>axis=i
com.microsoft:DequantizeWithOrder	1|input,scale_input>output>order_input=i!,order_output=i!,to=i!
com.microsoft:DynamicQuantizeLSTM	1|X,W,R,B?,sequence_lens?,initial_h?,initial_c?,P?,W_scale,W_zero_point,R_scale,R_zero_point>Y?,Y_h?,Y_c?>activation_alpha=F,activation_beta=F,activations=S,clip=f,direction=s:forward,hidden_size=i,input_forget=i:0
com.microsoft:DynamicQuantizeMatMul	1|A,B,b_scale,b_zero_point?,bias?>Y>
com.microsoft:DynamicSparseAttention	1|query,key?,value?,past_key?,past_value?,auxiliary_key?,auxiliary_value?,selected_indices,selected_counts,seqlens_k,total_sequence_length,cos_cache?,sin_cache?,position_ids?,q_norm_weight?,k_norm_weight?,head_sink?>output,present_key?,present_value?>attention_mode=s:selected_only,auxiliary_kv_shared=i:0,do_rotary=i:0,is_causal=i:1,kv_num_heads=i!,local_window_size=i:-1,num_heads=i!,qk_norm_epsilon=f:1e-06,rotary_interleaved=i:0,rotary_offset=i:0,scale=f,selected_kv_source=s:main,smooth_softmax=i:0
com.microsoft:DynamicTimeWarping	1|input>output>
com.microsoft:EPContext	1|inputs*0~>outputs*0~>embed_mode=i:1,ep_cache_context=s,ep_sdk_version=s,hardware_architecture=s,main_context=i:1,max_size=i:0,notes=s,onnx_model_filename=s,partition_name=s,source=s
com.microsoft:EmbedLayerNormalization	1|input_ids,segment_ids?,word_embedding,position_embedding,segment_embedding?,gamma,beta,mask?,position_ids?>output,mask_index?,embedding_sum?>epsilon=f:1e-12,mask_index_type=i
com.microsoft:EngramGate	1|key,query,value,key_norm_scale,query_norm_scale,conv_norm_scale?>output,gated_value_normed?>epsilon=f:1e-05
com.microsoft:ExpandDims	1|X,axis>Y>
com.microsoft:FastGelu	1|X,bias?>Y>
com.microsoft:FusedConv	1|X,W,B?,Z?>Y>activation=s,activation_params=F,auto_pad=s:NOTSET,dilations=I,group=i:1,kernel_shape=I,pads=I,strides=I
com.microsoft:FusedGemm	1|A,B,C?>Y>activation=s,activation_alpha=f,activation_beta=f,activation_gamma=f,alpha=f:1,beta=f:1,transA=i:0,transB=i:0
com.microsoft:FusedMatMul	1|A,B>Y>alpha=f:1,transA=i:0,transB=i:0,transBatchA=i:0,transBatchB=i:0
com.microsoft:FusedMatMulActivation	1|A,B>Y>activation=s!,activation_alpha=f,activation_axis=i,activation_beta=f,activation_gamma=f,alpha=f:1,transA=i:0,transB=i:0,transBatchA=i:0,transBatchB=i:0
com.microsoft:GatedAdd	1|X,Y,gate>output>
com.microsoft:GatedDeltaNet	1|query,key?,value?,cu_seqlens?,decay?,beta?,initial_state?,a_log?,dt_bias?,capture_count?,state_update_active?>output,final_state?,state_update?>beta_activation=s:none,chunk_size=i:64,gate_activation=s:none,qk_l2_norm=i:0,scale=f:0,state_update_capacity=i:0,update_rule=s:gated_delta
com.microsoft:GatedRMSNorm	1|X,scale,gate>Y>activation=s:silu,epsilon=f:1e-05
com.microsoft:GatedRelativePositionBias	1|query_layer,query_bias,rel_pos,weight,bias,eco_a,token_offset?>output>num_heads=i!
com.microsoft:GatherBlockQuantized	1|data,indices,scales,zero_points?>output>bits=i:4,block_size=i:128,gather_axis=i:0,quantize_axis=i:1
com.microsoft:GatherND	1|data,indices>output>
com.microsoft:Gelu	1|X>Y>
com.microsoft:GemmFastGelu	1|X,W,bias?>Y>
com.microsoft:GemmFloat8	1|A,B,C?,scaleA?,scaleB?,scaleY?>Y>activation=s,alpha=f:1,beta=f:0,dtype=i:1,transA=i:0,transB=i:0
com.microsoft:GemmaRotaryEmbedding	1|emb,q,q_rot,k,k_rot>output1,output2>
com.microsoft:GreedySearch	1|input_ids,max_length,min_length?,repetition_penalty?,vocab_mask?,prefix_vocab_mask?,attention_mask?>sequences>decoder=g!,decoder_start_token_id=i:-1,encoder=g,eos_token_id=i!,init_decoder=g,model_type=i:0,no_repeat_ngram_size=i:0,pad_token_id=i!,vocab_size=i:-1
com.microsoft:GridSample	1|X,Grid>Y>align_corners=i:0,mode=s:bilinear,padding_mode=s:zeros
com.microsoft:GroupNorm	1|X,gamma,beta>Y>activation=i!,channels_last=i:1,epsilon=f:1e-05,groups=i!
com.microsoft:GroupQueryAttention	1|query,key?,value?,past_key?,past_value?,seqlens_k,total_sequence_length,cos_cache?,sin_cache?,position_ids?,attention_bias?,head_sink?,k_scale?,v_scale?,q_norm_weight?,k_norm_weight?>output,present_key?,present_value?,output_qk?>causal=i:1,do_rotary=i,k_quant_type=s:NONE,kv_cache_bit_width=i,kv_num_heads=i!,local_window_size=i:-1,num_heads=i!,qk_norm_epsilon=f:1e-06,qk_output=i:0,rotary_interleaved=i,scale=f,sliding_window_cache=i:0,smooth_softmax=i:-1,softcap=f,v_quant_type=s:NONE
com.microsoft:HyperConnectionPostMix	1|streams,block_output,post_mix,stream_mix?>output>num_branches=i:0
com.microsoft:HyperConnectionPreMix	1|streams,pre_mix>output>num_branches=i:0,reduction_scale=f:1
com.microsoft:Inverse	1|X>Y>
com.microsoft:Irfft	1|X>Y>normalized=i:0,onesided=i:1,signal_ndim=i!
com.microsoft:IsAllFinite	1|input*1>output>isinf_only=i:0,isnan_only=i:0
com.microsoft:LinearAttention	1|query,key,value,past_state?,decay?,beta?>output,present_state>chunk_size=i:64,kv_num_heads=i!,q_num_heads=i!,scale=f:0,state_window=i:0,update_rule=s:gated_delta
com.microsoft:LinearAttentionGate	1|a,dt_bias,decay_scale,b?>decay,beta?>
com.microsoft:LongformerAttention	1|input,weight,bias,mask,global_weight,global_bias,global>output>num_heads=i!,window=i!
com.microsoft:MRotaryEmbedding	1|input,position_ids,cos_cache,sin_cache>output>interleaved=i,is_packed_batching=i,mrope_layout=i,mrope_section=I!,num_heads=i,rotary_embedding_dim=i,scale=f
com.microsoft:MatMulBlockQuantizedFp4Weight	1|A,B,weight_scale,weight_scale_2,input_scale?,bias?>Y>block_size=i:16
com.microsoft:MatMulBlockQuantizedFp8Weight	1|A,B,b_scale,a_scale?,bias?>Y>block_size=i:128
com.microsoft:MatMulBnb4	1|A,B,absmax>Y>K=i!,N=i!,block_size=i!,quant_type=i!,training_mode=i:0,transB=i:1
com.microsoft:MatMulFpQ4	1|A,B,B_shape>Y>blk_quant_type=i:1
com.microsoft:MatMulInteger16	1|A,B>Y>
com.microsoft:MatMulIntegerToFloat	1|A,B,a_scale,b_scale,a_zero_point?,b_zero_point?,bias?>Y>
com.microsoft:MatMulNBits	1|A,B,scales,zero_points?,g_idx?,bias?>Y>K=i!,N=i!,accuracy_level=i:0,bits=i:4,block_size=i!,weight_prepacked=i:0
com.microsoft:MatMulNBitsMlp	1|A,skip?,norm_scale?,gate_B,gate_scales,gate_bias?,up_B,up_scales,up_bias?>Y,input_skip_bias_sum?>K=i!,N=i!,accuracy_level=i:0,activation=s!,bits=i:4,block_size=i!,epsilon=f:1e-05
com.microsoft:MatMulNBitsQkv	1|A,skip?,norm_scale,q_B,q_scales,q_bias?,k_B,k_scales,k_bias?,v_B,v_scales,v_bias?>Q,K,V,input_skip_bias_sum?>K=i!,Nkv=i!,Nq=i!,accuracy_level=i:0,bits=i:4,block_size=i!,epsilon=f:1e-06
com.microsoft:MaxpoolWithMask	1|X,M>Y>auto_pad=s:NOTSET,kernel_shape=I,pads=I,storage_order=i:0,strides=I
com.microsoft:MoE	1|input,router_probs,fc1_experts_weights,fc1_experts_bias?,fc2_experts_weights,fc2_experts_bias?,fc3_experts_weights?,fc3_experts_bias?>output>activation_alpha=f:1,activation_beta=f:0,activation_type=s:relu,k=i:1,normalize_routing_weights=i:0,swiglu_fusion=i:0,swiglu_limit=f,use_sparse_mixer=i:0
com.microsoft:MulInteger	1|A,A_zero_point?,B,B_zero_point?>C>
com.microsoft:MultiHeadAttention	1|query,key?,value?,bias?,key_padding_mask?,attention_bias?,past_key?,past_value?,past_sequence_length?,cache_indirection?>output,present_key?,present_value?,qk?>mask_filter_value=f,num_heads=i!,scale=f,unidirectional=i:0
com.microsoft:MurmurHash3	1|X>Y>positive=i:1,seed=i:0
com.microsoft:NGramHashMapping	1|input_ids,multipliers,vocab_sizes,past_ids?,head_offsets?,eos_token_id?,segment_ids?>hash_ids,present_ids?>max_ngram_size=i!,n_head_per_ngram=i!,pad_id=i!,reset_on_eos=i:0
com.microsoft:NGramRepeatBlock	1|input_ids,scores>scores_out>ngram_size=i!
com.microsoft:NhwcConv	1|X,W,B?>Y>auto_pad=s:NOTSET,dilations=I,group=i:1,kernel_shape=I,pads=I,strides=I
com.microsoft:NhwcFusedConv	1|X,W,B?,Z?>Y>activation=s,activation_params=F,auto_pad=s:NOTSET,dilations=I,group=i:1,kernel_shape=I,pads=I,strides=I
com.microsoft:NhwcMaxPool	1|x>y>auto_pad=s:NOTSET,ceil_mode=i:0,dilations=I,kernel_shape=I!,pads=I,strides=I
com.microsoft:PackedAttention	1|input,weights,bias,token_offset,cumulative_sequence_length,attention_bias?>output>num_heads=i!,qkv_hidden_sizes=I,scale=f
com.microsoft:PackedMultiHeadAttention	1|query,key?,value?,bias?,token_offset,cumulative_sequence_length,attention_bias?>output>mask_filter_value=f,num_heads=i!,scale=f
com.microsoft:PackedSparseAttentionIndexer	1|query,key?,query_norm_weight,key_norm_weight,cos_cache,sin_cache,cumulative_sequence_lengths,past_sequence_lengths,gate?,position_bias?,head_weights?,position_ids?,past_key_state,past_kv_buffer,past_gate_buffer?,past_state_lengths,state_update_capture_count?,state_update_active?>selected_indices,selected_counts,present_key_state,present_kv_buffer,present_gate_buffer?,present_state_lengths,state_update?>compress_ratio=i!,epsilon=f:1e-06,head_weight_scale=f,index_topk=i,policy_mode=s!,scale=f,state_capacity=i!,state_update_capacity=i:0,token_budget=i
com.microsoft:Pad	1|data,pads,value?>output>mode=s:constant
com.microsoft:PagedAttention	1|query,key?,value?,key_cache,value_cache?,cumulative_sequence_length,past_seqlens,block_table,cos_cache?,sin_cache?,slot_mapping?,head_sink?,q_norm_weight?,k_norm_weight?,k_scale?,v_scale?,attention_metadata?>output,key_cache_out?,value_cache_out?>do_rotary=i,is_causal=i:1,k_cache_dtype=s:,k_quant_type=s:NONE,kv_cache_layout=s:SEPARATE,kv_num_heads=i!,local_window_size=i:-1,num_heads=i!,qk_norm_epsilon=f,rotary_interleaved=i,rotary_offset=i,scale=f,softcap=f,v_cache_dtype=s:,v_head_size=i,v_quant_type=s:NONE
com.microsoft:QAttention	1|input,weight,bias,input_scale,weight_scale,mask_index?,input_zero_point?,weight_zero_point?,past?>output,present?>do_rotary=i,mask_filter_value=f,num_heads=i!,past_present_share_buffer=i,scale=f,unidirectional=i:0
com.microsoft:QEmbedLayerNormalization	1|input_ids,segment_ids?,word_embedding_quant,position_embedding_quant,segment_embedding?,gamma_quant,beta_quant,mask?,word_embedding_scale,position_embedding_scale,segment_embedding_scale?,gamma_scale,beta_scale,word_embedding_zero_point,position_embedding_zero_point,segment_embedding_zero_point?,gamma_zero_point,beta_zero_point>layernorm_out,mask_index_out>epsilon=f:1e-12
com.microsoft:QGemm	1|A,a_scale,a_zero_point,B,b_scale,b_zero_point,C?,y_scale?,y_zero_point?>Y>alpha=f:1,transA=i:0,transB=i:0
com.microsoft:QLinearAdd	1|A,A_scale,A_zero_point?,B,B_scale,B_zero_point?,C_scale,C_zero_point?>C>
com.microsoft:QLinearAveragePool	1|X,x_scale,x_zero_point?,y_scale,y_zero_point?>Y>auto_pad=s:NOTSET,ceil_mode=i:0,channels_last=i:0,count_include_pad=i:0,kernel_shape=I!,pads=I,strides=I
com.microsoft:QLinearConcat	1|Y_scale,Y_zero_point,inputs*1~>Y>axis=i!
com.microsoft:QLinearConv	1|x,x_scale,x_zero_point,w,w_scale,w_zero_point,y_scale,y_zero_point,B?>y>auto_pad=s:NOTSET,channels_last=i:0,dilations=I,group=i:1,kernel_shape=I,pads=I,strides=I
com.microsoft:QLinearGlobalAveragePool	1|X,x_scale,x_zero_point,y_scale,y_zero_point>Y>channels_last=i:0
com.microsoft:QLinearLeakyRelu	1|X,X_scale,X_zero_point?,Y_scale,Y_zero_point?>Y>alpha=f:0.01
com.microsoft:QLinearMul	1|A,A_scale,A_zero_point?,B,B_scale,B_zero_point?,C_scale,C_zero_point?>C>
com.microsoft:QLinearReduceMean	1|data,data_scale,data_zero_point?,reduced_scale,reduced_zero_point?>reduced>axes=I!,keepdims=i!
com.microsoft:QLinearSigmoid	1|X,X_scale,X_zero_point?,Y_scale,Y_zero_point?>Y>
com.microsoft:QLinearSoftmax	1|X,X_scale,x_zero_point?,y_scale,y_zero_point>Y>axis=i:-1,opset=i!
com.microsoft:QLinearWhere	1|condition,X,x_scale,x_zero_point,Y,y_scale,y_zero_point,z_scale,z_zero_point>Z>
com.microsoft:QMoE	1|input,router_probs,fc1_experts_weights,fc1_scales?,fc1_experts_bias?,fc2_experts_weights,fc2_scales?,fc2_experts_bias?,fc3_experts_weights?,fc3_scales?,fc3_experts_bias?,fc1_zero_points?,fc2_zero_points?,fc3_zero_points?,router_weights?,fc1_global_scale?,fc2_global_scale?,fc1_act_scale?,fc2_act_scale?,fc1_act_block_scale?,fc2_act_block_scale?>output>accuracy_level=i:0,activation_alpha=f:1,activation_beta=f:0,activation_type=s:relu,block_size=i,expert_weight_bits=i:4,fc1_expert_weight_bits=i,fc2_expert_weight_bits=i,fc3_expert_weight_bits=i,k=i:1,normalize_routing_weights=i:0,quant_type=s:int,swiglu_fusion=i:0,swiglu_limit=f,use_sparse_mixer=i:0,weights_prepacked=i:-1
com.microsoft:QOrderedAttention	1|input,scale_input,scale_Q_gemm,scale_K_gemm,scale_V_gemm,Q_weight,K_weight,V_weight,scale_Q_weight,scale_K_weight,scale_V_weight,Q_bias,K_bias,V_bias,scale_QKT_gemm?,scale_QKT_softmax?,scale_values_gemm,mask_index?,past?,attention_bias?>output>num_heads=i!,order_input=i!,order_output=i!,order_weight=i!,qkv_hidden_sizes=I,unidirectional=i:0
com.microsoft:QOrderedGelu	1|X,scale_X,scale_Y>Y>order_X=i,order_Y=i
com.microsoft:QOrderedLayerNormalization	1|X,scale_X,scale,B?,scale_Y>Y>axis=i:-1,epsilon=f:1e-05,order_X=i:1,order_Y=i:1
com.microsoft:QOrderedLongformerAttention	1|input,scale_input,weight,scale_weight,bias,scale_bias,scale_qkv_gemm,mask,global_weight,scale_global_weight,global_bias,scale_global_gemm,global,scale_output>output>num_heads=i!,order_global_weight=i!,order_input=i!,order_output=i!,order_weight=i!,window=i!
com.microsoft:QOrderedMatMul	1|A,scale_A,B,scale_B,scale_Y,bias?,C?,scale_C?>Y>order_A=i!,order_B=i!,order_Y=i!
com.microsoft:QuantizeBFP	1|x>y,shape,strides>bfp_type=i!,block_dim=i:-1
com.microsoft:QuantizeLinear	1|x,y_scale,y_zero_point?>y>axis=i
com.microsoft:QuantizeWithOrder	1|input,scale_input>output>order_input=i!,order_output=i!
com.microsoft:QuickGelu	1|X>Y>alpha=f:1.702
com.microsoft:Range	1|start,limit,delta?>Y>
com.microsoft:ReduceSumInteger	1|data>reduced>axes=I!,keepdims=i!
com.microsoft:RelativePositionBias	1|bias_table,query_length,key_length>output>is_bidirectional=i:0,max_distance=i!
com.microsoft:RemovePadding	1|input,sequence_token_count>output,token_offset,cumulated_seq_len,max_seq_len>
com.microsoft:RestorePadding	1|input,token_offset>output>
com.microsoft:Rfft	1|X>Y>normalized=i:0,onesided=i:1,signal_ndim=i:1
com.microsoft:RotaryEmbedding	1|input,position_ids,cos_cache,sin_cache>output>interleaved=i,is_packed_batching=i,num_heads=i,rotary_embedding_dim=i,scale=f
com.microsoft:SampleOp	1|X>Y>
com.microsoft:Sampling	1|input_ids,max_length,min_length?,repetition_penalty?,vocab_mask?,prefix_vocab_mask?,attention_mask?,presence_mask?,seed?>sequences,filtered_logits?>custom=i:0,decoder=g!,decoder_start_token_id=i:-1,encoder=g,eos_token_id=i!,filter_value=f:-1e+20,init_decoder=g,min_tokens_to_keep=i:0,model_type=i:0,no_repeat_ngram_size=i:0,pad_token_id=i!,presence_penalty=f:0,temperature=f:1,top_p=f:0,vocab_size=i:-1
com.microsoft:ScaledSiLU	1|X,scale?>Y>alpha=f:1
com.microsoft:SkipGroupNorm	1|X,gamma,beta,skip,bias?>Y,S?>activation=i!,channels_last=i:1,epsilon=f:1e-05,groups=i!
com.microsoft:SkipLayerNormalization	1|input,skip,gamma,beta?,bias?>output,mean?,inv_std_var?,input_skip_bias_sum?>epsilon=f:1e-12
com.microsoft:SkipSimplifiedLayerNormalization	1|input,skip,gamma,bias?>output,mean?,inv_std_var?,input_skip_bias_sum?>epsilon=f:1e-12
com.microsoft:Snpe	1|inputs*1>outputs*1>DLC=s!,notes=s,snpe_version=s,target_device=s
com.microsoft:SparseAttention	1|query,key?,value?,past_key,past_value,block_row_indices,block_col_indices,total_sequence_length,key_total_sequence_lengths,cos_cache?,sin_cache?>output,present_key,present_value>do_rotary=i,kv_num_heads=i!,num_heads=i!,rotary_interleaved=i,scale=f,sparse_block_size=i!
com.microsoft:SparseAttentionIndexer	1|query,key?,query_norm_weight,key_norm_weight,cos_cache,sin_cache,mask?,past_key,gate?,position_bias?,head_weights?,position_ids?,past_sequence_length?,past_proj_buffer?>selected_indices,present_key,present_proj_buffer?>compress_ratio=i!,epsilon=f:1e-06,head_weight_scale=f,index_topk=i,policy_mode=s!,scale=f,token_budget=i
com.microsoft:SparsePagedAttention	1|query,key?,value?,key_cache,value_cache,cumulative_sequence_length,past_seqlens,block_table,slot_mapping?,selected_indices,selected_counts,auxiliary_key?,auxiliary_value?,auxiliary_lengths?,cos_cache?,sin_cache?,head_sink?,q_norm_weight?,k_norm_weight?,k_scale?,v_scale?,attention_metadata?>output,key_cache_out?,value_cache_out?>attention_mode=s:selected_only,auxiliary_cache_layout=s:contiguous,auxiliary_kv_shared=i:0,do_rotary=i:0,is_causal=i:1,k_quant_type=s:NONE,kv_num_heads=i!,local_window_size=i:-1,num_heads=i!,qk_norm_epsilon=f:1e-06,rotary_interleaved=i:0,rotary_offset=i:0,scale=f,selected_kv_source=s:main,softcap=f,v_quant_type=s:NONE
com.microsoft:SparseToDenseMatMul	1|A,B>Y>alpha=f:1,transA=i:0,transB=i:0
com.microsoft:Tokenizer	1|X>Y>mark=i!,mincharnum=i!,pad_value=s!,separators=S,tokenexp=s
com.microsoft:TorchEmbedding	1|weight,indices,padding_idx?,scale_grad_by_freq?>Y>
com.microsoft:TransposeMatMul	1|A,B>Y>alpha=f:1,transA=i:0,transB=i:0
com.microsoft:Trilu	1|X,k?>Y>upper=i:1
com.microsoft:UnfoldTensor	1|input>output>dim=i:-1,size=i!,step=i:1
com.microsoft:Unique	1|x>y,idx,counts>
com.microsoft:VarlenCausalConvWithState	1|input,weight,cumulative_sequence_length,bias?,initial_state,capture_count?>output,final_state,state_update?>activation=s:none,dilation=i:1,state_update_capacity=i:0
com.microsoft:VarlenNGramHashMapping	1|input_ids,multipliers,vocab_sizes,cumulative_sequence_length,past_ids?,head_offsets?,eos_token_id?,segment_ids?,past_segment_ids?,capture_count?>hash_ids,present_ids?,present_segment_ids?,state_update?>max_ngram_size=i!,n_head_per_ngram=i!,pad_id=i!,reset_on_eos=i:0,state_update_capacity=i:0
com.microsoft:WhisperBeamSearch	1|input_ids,max_length,min_length?,num_beams,num_return_sequences,length_penalty?,repetition_penalty?,vocab_mask?,prefix_vocab_mask?,attention_mask?,decoder_input_ids?,logits_processor?,cross_qk_layer_head?,extra_decoding_ids?,temperature?>sequences,sequences_scores?,scores?,cross_qk?,non_speech_probs?>beginning_timestamp_token_id=i,decoder=g!,decoder_output_cross_qk=i,decoder_start_token_id=i:-1,early_stopping=i:0,encoder=g,eos_token_id=i!,init_decoder=g,model_type=i:2,no_repeat_ngram_size=i:0,no_speech_token_id=i,no_timestamps_token_id=i,pad_token_id=i!,start_of_lm_token_id=i,transcribe_token_id=i,translate_token_id=i,vocab_size=i:-1
com.microsoft:WordConvEmbedding	1|Sequence,W,B,C>Y>char_embedding_size=i,conv_window_size=i,embedding_size=i`;

/** com.microsoft: the types of the same ops. */
export const packedContribTypes = `T,T,T,M,T,T,M>T,T>T=22,M=38
T,T,T,T,T1,T,T,T,T,T,T,T,T1,T>T,T,T>T=64,T1=38
F,I,I,I,I,T,T,M,M,I,I,I>I,T,T>T=103,F=104,I=38,M=38
T,T,T>T>T=103
T,T,T,T1,T2>T,T2>T=3,T1=3,T2=7
T,T>T>T=3
T,T>T>T=0
T,T>T>T=103
T,T,T,T>T,T>T=6
T,T,T,T1,T2>T,T3>T=3,T1=3,T2=7,T3=105
T,T1,T2>T,T3>T=3,T1=3,T2=7,T3=105
T,M>T>T=22,M=22
T,T>T>T=64
T,T,T,T>T,T>T=22
T,T>T>T=0
T,T>T>T=0
T,T,int64,T>T>T=0
T1,T1,T2,T2>T1>T1=0,T2=38
T,T,T,T,T,B,T,T,B,B,B,B>T,T,T>T=103,B=7
T,T,T,M,T,T,T,M,M,M,T>T,T,T,QK>T=103,QK=103,M=38
T,T,T,M,T,T,M,M,M>T,T>T=103,M=38
T1,T2,T2>T3>T1=48,T2=6,T3=22
T1,T2,T1>T2>T1=106,T2=103
Q,S>F>Q=107,F=103,S=23
T,T2,T2,T,T1,T,T,T,T,T2,T,T2>T,T,T>T=23,T1=38,T2=37
T1,T2,T1,T2,T1>T1>T1=23,T2=37
T,T,T,T,T,T,T,M,M,M,M,T,T,int64,T,T,T>T,T,T>T=22,M=38
F>I>F=23,I=38
T>T>T=8
T1,T1,T,T,T,T,T,T1,T1>T,T1,T>T1=38,T=103
T,T,T,T,T,T>T,T>T=22
T,int32>T>T=25
T,T>T>T=3
T,T,T,T>T>T=0
T,T,T>T>T=4
T,T>T>T=3
T,T>T>T=3
T,T,T>T>T=22
T,T,T,TI,TS,TS,TS,TS,TS,TI,TI>T,TS,TS>T=22,TS=23,TI=38
T,T,T>T>T=22
T,T,T,T,T,T,M>T>T=103,M=38
T1,Tind,T2,T1>T2>T1=108,T2=22,Tind=12
T,Tind>T>T=25,Tind=12
T>T>T=3
T,T,T>T>T=22
TA,TB,TC,TS,TS,TS>TR>TA=109,TB=109,TC=22,TR=109,TS=23
U,T,T,T,T>T,T>T=110,U=23
I,I,I,T,I,I,I>I>T=23,I=38
T1,T1>T2>T1=25,T2=0
T,M,M>T>T=103,M=103
T,T,T,T_CACHE,T_CACHE,M,M,T,T,int64,T,T,T_KV_SCALE,T_KV_SCALE,T,T>T,T_CACHE,T_CACHE,T>T=22,T_CACHE=111,T_KV_SCALE=23,M=38
T,T,M,M>T>T=22,M=22
T,M>T>T=22,M=22
T>T>T=0
T>T>T=0
V>T>V=3,T=7
T,T,T,S,T,T>T,S>T=22,S=22
T,TF,TF,T>T,T>T=22,TF=23
T,T,T,T,T,T,G>T>T=103,G=38
T,M,T,T>T>T=22,M=6
T,T1,T2,T3,T3,T>T>T=112,T1=48,T2=48,T3=23
T,T1,T2,T2,T>T>T=112,T1=113,T2=23
T1,T2,T1>T1>T1=22,T2=48
T1,T2,T3>T1>T1=23,T2=48,T3=6
T1,T2>T3>T1=114,T2=114,T3=115
T1,T2,T3,T3,T1,T2,T3>T3>T1=37,T2=37,T3=103
T1,T2,T1,T3,T4,T1>T1>T1=22,T2=48,T3=116,T4=38
T1,T1,T1,T2,T1,T1,T2,T1,T1>T1,T1>T1=22,T2=48
T1,T1,T1,T2,T1,T1,T2,T1,T1,T2,T1,T1>T1,T1,T1,T1>T1=22,T2=48
T,int32>T>T=23
T,T,T,T,T,T,T,T>T>T=22
T,T,T,T>T1>T=37,T1=38
T,T,T,T,M,T,T,T,M,M>T,T,T,QK>T=22,QK=22,M=38
T1>T2>T1=117,T2=115
M,M,M,M,M,M,int32>M,M>M=12
Tid,T>T>Tid=6,T=23
T,T,T>T>T=0
T,T,T,T>T>T=103
T>T>T=37
T,T,T,M,M,T>T>T=103,M=38
T,T,T,T,M,M,T>T>T=103,M=38
T,T,T,T,T,T,M,M,T,T,T,I,T,T,T,M,M,M>M,M,T,T,T,M,T>T=22,I=6,M=38
T,int64,T>T>T=0
T,T,T,T_CACHE,T_CACHE,S,S,S,T,T,S,T,T,T,T_KV_SCALE,T_KV_SCALE,S>T,T_CACHE,T_CACHE>T=112,T_CACHE=118,T_KV_SCALE=23,S=38
T1,T2,T3,T3,T3,T4,T1,T2,T3>T3,T3>T1=37,T2=37,T3=103,T4=38
T1,T1,T2,T2,T2,T2,T2,T1,T,T,T,T,T,T2,T2,T2,T2,T2>T,T1>T1=38,T2=37,T=23
TA,T,TA,TB,T,TB,TC,T,TYZ>TY>T=23,TA=37,TB=37,TC=38,TYZ=37,TY=119
T,float32,T,T,float32,T,float32,T>T>T=37
T,float32,T,float32,T>T>T=37
TF,T8,TV>T8>T8=37,TF=23,TV=119
T1,float32,T1,T2,float32,T2,float32,T3,T4>T3>T1=37,T2=37,T3=37,T4=38
T,float32,T,float32,T>T>T=37
T,float32,T,float32,T>T>T=37
T,float32,T,T,float32,T,float32,T>T>T=37
T,float32,T,float32,T>T>T=37
T,float32,T,float32,T>T>T=37
T,float32,T,float32,T>T>T=37
B,T,TF,T,T,TF,T,TF,T>T>B=7,TF=23,T=37
T,T,T1,T2,T,T1,T2,T,T1,T2,T,T1,T1,T1,T,T4,T4,T4,T4,T2,T2>T>T=22,T1=120,T2=121,T4=23
Q,S,S,S,S,Q,Q,Q,S,S,S,S,S,S,S,S,S,G,Q,S>Q>Q=107,S=23,G=38
Q,S,S>Q>Q=107,S=23
Q,S,F,F,S>Q>F=103,S=23,Q=107
Q,S,Q,S,S,S,S,F,Q,S,S,S,G,S>Q>Q=107,S=23,G=38,F=110
Q,S,Q,S,S,S,Q,S>Q>Q=107,S=23
T1>T2,T3,T3>T1=22,T2=48,T3=6
T1,T1,T2>T2>T1=103,T2=122
F,S>Q>Q=107,F=103,S=23
T>T>T=3
T,T,T>T>T=85
T1>T2>T1=37,T2=115
T,U,U>T>T=103,U=6
T,M>T,M,M,M>T=103,M=38
T,M>T>T=103,M=38
T>T>T=0
T,M,T,T>T>T=22,M=6
T>T>T=4
I,I,I,T,I,I,I,I,I>I,T>T=23,I=38
T,M>T>T=22,M=22
T,M,M,T,T>T,T>T=103,M=103
T,T,T,T,T>T,U,U,T>T=22,U=23
T,T,T,T>T,U,U,T>T=22,U=23
T>T>T=123
T,T,T,T,T,M,M,M,M,T,T>T,T,T>T=22,M=38
T,T,T,T,T,T,TB,T,T,T,T,I,M,T>M,T,T>T=22,TB=6,I=6,M=38
T,T,T,T_CACHE,T_CACHE,S,S,S,S,S,S,T,T,S,T,T,T,T,T,T_KV_SCALE,T_KV_SCALE,S>T,T_CACHE,T_CACHE>T=112,T_CACHE=124,T_KV_SCALE=23,S=38
T,T1>T1>T=125,T1=39
T>T>T=90
T,int64,int64,bool>T>T=2
T,T>T>T=3
T,int64>T>T=8
T>T>T=24
T>T,int64,int64>T=25
T,T,M,T,T,M>T,T,T>T=22,M=38
M,M,M,S,M,M,M,int32,S,S>M,M,S,M>M=12,S=38
F,I,I,I,I,T,T,M,M,I,I,I,I,I,T>I,T,T,V,T>T=103,F=104,I=38,M=38,V=23
T,T1,T1,T1>T1>T=38,T1=23`;

/** The sets that the type constraints name by line number. */
export const packedTypeSets = `abc
abcefghijkl
abcdefghijkl
abcd
abcijkl
abcdijkl
k
m
abcdefghijklm
abcdefghijklmopqrstuvwxyz
fhjl
efghijkl
ik
abcefghijklm
abcefghijklmn
abcdefghijklmn
abcdefghijklmnqrst
abcdefghijklmnqrstuv
abcdefghijklmnqrstuvw
abcdefghijklmnqrstuvwx
abcdefghijklmnqrstuvwxyz
abcdefghijklmnqrstuvwxyzAB
abd
a
abcdefghijklmnop
abcefghijklmnop
/Sabcefghijklmnop
abcdefghijklmnopqrst
abcdefghijklmnopqrstuv
abcdefghijklmnopqrstuvw
abcdefghijklmnopqrstuvwx
abcdefghijklmnopqrstuvwxyz
abcdefghijklmqrst
abcdefghijklmqrstuv
abcdefghijklmqrstuvw
abcdefghijklmqrstuvwx
abcdefghijklmqrstuvwxyz
ef
i
acijkl
efi
efiqrst
efghiqrstuv
efghiqrstuvw
abdx
efghiqrstuvwyz
efghiqrstuvwyzAB
abcdqrst
f
ikm
abcdefghijklmnop/Sabcefghijklmnop
abcdefghijklmnop/Sabcefghijklmnop/Oabcefghijklmnop/Qabcefghijklmnop
abcdefghijklmnopqrst/Sabcefghijklmnop/Oabcefghijklmnop/Qabcefghijklmnop
abcdefghijklmnopqrstuv/Sabcefghijklmnop/Oabcefghijklmnop/Qabcefghijklmnop
abcdefghijklmnopqrstuvw/Sabcefghijklmnop/Oabcefghijklmnop/Qabcefghijklmnop
abcdefghijklmnopqrstuvwx/Sabcefghijklmnop/Oabcefghijklmnop/Qabcefghijklmnop
abcdefghijklmnopqrstuvwxyz/Sabcefghijklmnop/Oabcefghijklmnop/Qabcefghijklmnop
abcefghijklmnop/Sabcefghijklmnop
abcdefghijklmnop/Sabcdefghijklmnop/Oabcdefghijklmnop/Qabcdefghijklmnop
abcdefghijklmnopqrst/Sabcdefghijklmnopqrst/Oabcdefghijklmnopqrst/Qabcdefghijklmnop
abcdefghijklmnopqrstuv/Sabcdefghijklmnopqrstuv/Oabcdefghijklmnopqrstuv/Qabcdefghijklmnop
abcdefghijklmnopqrstuvw/Sabcdefghijklmnopqrstuvw/Oabcdefghijklmnopqrstuvw/Qabcdefghijklmnop
abcdefghijklmnopqrstuvwx/Sabcdefghijklmnopqrstuvwx/Oabcdefghijklmnopqrstuvwx/Qabcdefghijklmnop
abcdefghijklmnopqrstuvwxyz/Sabcdefghijklmnopqrstuvwxyz/Oabcdefghijklmnopqrstuvwxyz/Qabcdefghijklmnop
ac
ad
abcef
abcdef
abcegik
abcdegik
/Oabcefghijklmnop/Qabcefghijklmnop
abcdefghijklmnopqrstuvwxyzAB/SabcdefghijklmnopqrstuvwxyzAB
/OabcdefghijklmnopqrstuvwxyzAB/QabcdefghijklmnopqrstuvwxyzAB
abcefghijklmnop/Sabcefghijklmnop/Oabcefghijklmnop/Qabcefghijklmnop
abcdefghijklmnopqrstuvwxyzAB/SabcdefghijklmnopqrstuvwxyzAB/OabcdefghijklmnopqrstuvwxyzAB/QabcdefghijklmnopqrstuvwxyzAB
abcik
abcdik
efqrst
ai
abdi
efghqrstuv
efghqrstuvw
abdix
efghqrstuvwyz
efghqrstuvwyzAB
acgik
abcdgik
abcefijkl
abcdefijkl
abcdefijklm
n
/Sabcdefghijklmnop
ikn
abcikm
acikn
acik
/=map(int64,float32)/=map(int64,string)
akn
kn
/=map(int64,float32)/=map(int64,float64)/=map(int64,string)/=map(string,float32)/=map(string,float64)/=map(string,int64)
ackn
acgikn
/=seq(map(int64,float32))/=seq(map(string,float32))
ab
abi
j
efghiuv
e
fqrstuvw
abdqs
b
abdefq
bd
q
gh
ij
abdf
acijkln
bdefq
aef
fq
abdqx
efghuv
afh
bde
/=sparse_tensor(float32)/=sparse_tensor(float64)/=sparse_tensor(int32)/=sparse_tensor(int64)/=sparse_tensor(uint32)/=sparse_tensor(uint64)`;
