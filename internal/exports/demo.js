// What both demos share: the model's data and its arithmetic.
const model = JSON.parse(document.getElementById("model").textContent);
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const floats = (text) => text === null ? null : new Float32Array(bytes(text).buffer);
const layers = model.Layers.map((layer) => ({ ...layer, Weights: floats(layer.Weights), Bias: floats(layer.Bias) }));
const mean = floats(model.Mean);
const plane = model.Height * model.Width, values = model.Channels * plane;
const samples = model.Samples.map((sample) => ({ ...sample, Pixels: bytes(sample.Pixels), Code: sample.Code && floats(sample.Code) }));

// apply computes a layer: W x + b, then max(0, .) if the layer has a ReLU.
const apply = (layer, x) => {
  const y = new Float32Array(layer.Out);
  for (let o = 0; o < layer.Out; o++) {
    let sum = layer.Bias[o];
    for (let i = 0; i < layer.In; i++) sum += layer.Weights[o * layer.In + i] * x[i];
    y[o] = layer.ReLU ? Math.max(0, sum) : sum;
  }
  return y;
};

// enter turns pixels in [0, 1] into the model's input; leave turns the model's
// output back into pixels.
const enter = (pixels) => pixels.map((x, i) => {
  const c = Math.floor(i / plane);
  return (model.Norm ? (x - model.Norm.Mean[c]) / model.Norm.Std[c] : x) - (mean ? mean[i] : 0);
});
const leave = (y) => y.map((x, i) => {
  const c = Math.floor(i / plane), whole = x + (mean ? mean[i] : 0);
  return model.Norm ? whole * model.Norm.Std[c] + model.Norm.Mean[c] : whole;
});

const unit = (sample) => Float32Array.from(sample.Pixels, (b) => b / 255);

// show draws pixels in [0, 1], one channel's plane after another, on a canvas.
const show = (canvas, pixels) => {
  canvas.width = model.Width; canvas.height = model.Height;
  const context = canvas.getContext("2d"), image = context.createImageData(model.Width, model.Height);
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = Math.round(255 * Math.min(1, Math.max(0, pixels[Math.min(c, model.Channels - 1) * plane + i])));
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
};

// offer adds a button with the picture of each sample to the box.
const offer = (box, choose) => samples.forEach((sample, i) => {
  const button = document.createElement("button"), canvas = document.createElement("canvas");
  show(canvas, unit(sample));
  button.title = button.ariaLabel = sample.Name;
  button.append(canvas);
  button.onclick = () => choose(i);
  box.append(button);
});
