const at = (id) => document.getElementById(id);
const layer = layers[0];
let pixels;

const judge = () => {
  const x = enter(pixels), scores = apply(layer, x);
  const single = scores.length === 1;
  const said = single ? (scores[0] > 0 ? 1 : 0) : scores.indexOf(Math.max(...scores));
  const row = single ? 0 : said;
  at("said").textContent = model.Classes[said];
  at("score").textContent = (single ? "with a score of " : "with the highest score, ") + scores[row].toFixed(4) + (single ? ` (above 0 it says ${model.Classes[1]}, else ${model.Classes[0]})` : "");
  at("for").textContent = model.Classes[single ? 1 : said];
  const parts = new Float32Array(plane);
  for (let i = 0; i < values; i++) parts[i % plane] += layer.Weights[row * layer.In + i] * x[i];
  const strongest = Math.max(1e-9, ...parts.map(Math.abs));
  const context = at("reasons").getContext("2d");
  at("reasons").width = model.Width; at("reasons").height = model.Height;
  const image = context.createImageData(model.Width, model.Height);
  for (let i = 0; i < plane; i++) {
    const share = Math.sqrt(Math.abs(parts[i]) / strongest), ink = parts[i] > 0 ? [213, 94, 0] : [0, 114, 178];
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = 245 + share * (ink[c] - 245);
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  show(at("picture"), pixels);
};
const choose = (i) => { pixels = unit(samples[i]); at("name").textContent = samples[i].Name; judge(); };

// take reads a picture from a file: it cuts out the largest centered part that has
// the proportions of the model's images, and scales it.
const take = async (file) => {
  if (!file) return;
  try {
    const picture = await createImageBitmap(file), canvas = document.createElement("canvas");
    const scale = Math.min(picture.width / model.Width, picture.height / model.Height);
    const width = scale * model.Width, height = scale * model.Height;
    canvas.width = model.Width; canvas.height = model.Height;
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, (picture.width - width) / 2, (picture.height - height) / 2, width, height, 0, 0, model.Width, model.Height);
    const { data } = context.getImageData(0, 0, model.Width, model.Height);
    const gray = (i) => (0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]) / 255;
    pixels = Float32Array.from({ length: values }, (_, v) => model.Channels === 1 ? gray(v) : data[4 * (v % plane) + Math.floor(v / plane)] / 255);
    at("name").textContent = file.name;
    judge();
  } catch { at("name").textContent = `${file.name} is not a picture that this browser can read`; }
};
const paint = (event) => {
  if (!event.buttons) return;
  const box = at("picture").getBoundingClientRect(), radius = at("brush").value / 2;
  const column = (event.clientX - box.left) / box.width * model.Width, row = (event.clientY - box.top) / box.height * model.Height;
  const ink = [1, 3, 5].map((c) => parseInt(at("color").value.slice(c, c + 2), 16) / 255);
  for (let i = 0; i < plane; i++) {
    if (Math.hypot(i % model.Width + 0.5 - column, Math.floor(i / model.Width) + 0.5 - row) > radius) continue;
    for (let c = 0; c < model.Channels; c++) pixels[c * plane + i] = model.Channels === 1 ? (ink[0] + ink[1] + ink[2]) / 3 : ink[c];
  }
  judge();
};
at("picture").onpointerdown = at("picture").onpointermove = paint;
at("file").onchange = (event) => take(event.target.files[0]);
for (const name of ["dragover", "dragleave", "drop"]) {
  at("picture").addEventListener(name, (event) => {
    event.preventDefault();
    at("picture").classList.toggle("over", name === "dragover");
    if (name === "drop") take(event.dataTransfer.files[0]);
  });
}
offer(at("start"), choose);
choose(0);
