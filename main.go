// Command cifartrain trains small classic models on CIFAR-10 as Gorgonia
// expression graphs and leaves a folder with curves, metrics, weights and a
// report.
//
//	go run . -config configs/svm.yaml    train, evaluate, draw
//	go run . -config A -config B         train each in turn, then compare them
//	go run . -config svm_sweep           try out many settings and compare them
//	go run . compare RUN RUN...          compare finished runs
//	go run . evaluate RUN                score a run's best weights on the test images again
//	go run . -resume RUN                 go on with an interrupted run or sweep
//	go run . watch RUN                   a run's report in the browser, as it trains
//	go run . predict RUN [FILE|DIR...]   what a run's best weights say of pictures, or of its own images
//	go run . encode RUN [FILE|DIR...]    an autoencoder's codes of pictures, or of its own images
//	go run . export RUN                  a run's best weights as ONNX, npz, safetensors or a page
//	go run . report RUN                  draw a run's pictures and page again
//	go run . runs                        all runs with their figures (also runs/index.html)
//	go run . list                        the shipped configs
//	go run . show NAME                   one of them, with all keys that have an effect
//	go run . schema                      the configs' JSON Schema, for editors
//
// Exit status: 0 done; 1 failed while running; 2 the command line, the config
// or a weights file is wrong; 130 interrupted.
package main

import "cifartrain/internal/commands"

func main() { commands.Main() }
