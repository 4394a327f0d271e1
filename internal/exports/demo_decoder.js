const center = floats(model.Center), directions = model.Directions.map(floats);
const at = (id) => document.getElementById(id);
let chosen = 0;
const places = directions.map(() => 0);

const coordinates = (code) => directions.map((v, d) => v.reduce((sum, x, z) => sum + x * (code[z] - center[z]), 0) / model.Spreads[d]);
// decode computes the pixels that the model makes of a code.
const decode = (code) => leave(layers.reduce((x, layer) => apply(layer, x), code));

const draw = () => {
  const own = samples[chosen].Code, from = coordinates(own);
  const code = own.map((x, z) => x + directions.reduce((sum, v, d) => sum + (places[d] - from[d]) * model.Spreads[d] * v[z], 0));
  const pixels = decode(code), original = unit(samples[chosen]);
  show(at("restored"), pixels);
  at("mse").textContent = (pixels.reduce((sum, x, i) => sum + (x - original[i]) ** 2, 0) / values).toFixed(6);
};
const sliders = directions.map((_, d) => {
  const label = document.createElement("label"), input = document.createElement("input"), output = document.createElement("output");
  Object.assign(input, { type: "range", min: -4, max: 4, step: 0.05 });
  input.oninput = () => { places[d] = +input.value; output.textContent = places[d].toFixed(2); draw(); };
  label.append(`direction ${d + 1} (${Math.round(100 * model.Shares[d])}%)`, input, output);
  at("sliders").append(label);
  return (place) => { places[d] = place; input.value = place; output.textContent = place.toFixed(2); };
});
const choose = (i) => {
  chosen = i;
  coordinates(samples[i].Code).forEach((place, d) => sliders[d](place));
  show(at("original"), unit(samples[i]));
  at("name").textContent = samples[i].Name;
  [...at("start").children].forEach((button, b) => button.ariaPressed = b === i);
  draw();
};
offer(at("start"), choose);
at("back").onclick = () => choose(chosen);
choose(0);
