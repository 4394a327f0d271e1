package configs

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// object is a JSON object.
type object = map[string]any

// Schema returns the JSON Schema (2020-12) of a configuration file, for editors that
// complete and check YAML. It follows from the tags of [Config] and from the kinds
// of models. It knows types, ranges and words, and which keys have an effect beside
// which; not what only several numbers together show, or only the dataset.
// https://json-schema.org/draft/2020-12
func Schema(kinds []Kind) ([]byte, error) {
	s, root := schema{&reader{kinds: kinds}}, section()
	root["$schema"], root["title"] = "https://json-schema.org/draft/2020-12/schema", "A configuration of cifartrain"
	swept := object{}
	var rules []any
	for _, k := range format {
		in, names := root, strings.Split(k.path, ".")
		for _, name := range names[:len(names)-1] {
			properties := in["properties"].(object)
			if properties[name] == nil {
				properties[name] = section()
			}
			in = properties[name].(object)
		}
		in["properties"].(object)[names[len(names)-1]] = s.documented(k)
		if !below(k.path, "sweep") && fixed[Changes(k.path)] == "" {
			swept[k.path] = s.swept(k)
		}
		for _, on := range k.when {
			if Changes(k.path) != "place" {
				idle := object{"allOf": []any{ifGiven(k.path, object{"const": k.initial.Interface()}), ifGiven("sweep", object{"properties": object{k.path: false}})}}
				rules = append(rules, object{"if": object{"not": s.holds(k, on)}, "then": idle})
			}
		}
	}
	for _, loss := range s.choices(keyAt("loss.kind")) {
		suits := condition{"model.kind", s.kindsWhere(func(kind Kind) bool { return slices.Contains(kind.Losses, loss) })}
		rules = append(rules, object{"if": object{"not": s.holds(nil, suits)}, "then": ifGiven("loss.kind", object{"not": object{"const": loss}})})
	}
	root["allOf"] = rules
	normalize := root["properties"].(object)["data"].(object)["properties"].(object)["normalize"].(object)
	normalize["type"], normalize["required"] = []string{"object", "null"}, []string{"mean", "std"}
	sweep := root["properties"].(object)["sweep"].(object)
	own := sweep["properties"].(object)
	sweep["type"] = []string{"object", "null"}
	sweep["not"] = object{"type": "object", "propertyNames": object{"enum": namesIn("sweep")}} // a key to sweep is needed
	sweep["if"] = object{"not": wants("method", object{"enum": []string{"random", "halving"}})}
	sweep["then"] = object{"patternProperties": object{`\.`: object{"type": "array"}}} // ranges are for methods that draw
	for path, values := range swept {
		own[path] = values
	}
	text, err := json.MarshalIndent(root, "", " ")
	if err != nil {
		return nil, fmt.Errorf("write the schema: %w", err)
	}
	return append(text, '\n'), nil
}

// section is the schema of a section without keys yet.
func section() object {
	return object{"type": "object", "properties": object{}, "additionalProperties": false}
}

// ifGiven is a schema that asks for something of a key if it is given.
func ifGiven(path string, of object) object {
	for _, name := range slices.Backward(strings.Split(path, ".")) {
		of = object{"properties": object{name: of}}
	}
	return of
}

// wants is a schema that asks for a key to be given, and something of it.
func wants(path string, of object) object {
	for _, name := range slices.Backward(strings.Split(path, ".")) {
		of = object{"type": "object", "required": []string{name}, "properties": object{name: of}}
	}
	return of
}

// A schema writes schemas for the kinds of models of its reader.
type schema struct{ *reader }

// documented is the schema of a key's value with what a reader of the key is told.
func (s schema) documented(k *key) object {
	of := s.value(k)
	if doc := k.tag.Get("doc"); doc != "" {
		of["description"] = doc
	}
	defaults := object{} // by kind
	for _, kind := range s.kinds {
		if initial := s.initial(k, kind.Name); initial.IsValid() {
			defaults[kind.Name], of["default"] = initial.Interface(), initial.Interface()
		}
	}
	for _, kind := range s.kinds[1:] {
		if !reflect.DeepEqual(defaults[kind.Name], defaults[s.kinds[0].Name]) {
			delete(of, "default")
			of["description"] = strings.TrimPrefix(fmt.Sprintf("%v; default by model.kind: %v", k.tag.Get("doc"), strings.Trim(fmt.Sprint(defaults), "map[]")), "; ")
		}
	}
	return of
}

// value is the schema of a key's value.
func (s schema) value(k *key) object {
	of := object{}
	bounds, least, most := k.tag.Get("range"), "minimum", "maximum"
	switch k.kind.Kind() {
	case reflect.Slice:
		of["type"], of["items"], of["maxItems"] = "array", s.value(k.element), maxKeys
		bounds, least, most = k.tag.Get("length"), "minItems", "maxItems"
		if k.is("class") {
			of["uniqueItems"] = true
		}
	case reflect.Bool:
		of["type"] = "boolean"
	case reflect.Float64:
		of["type"] = "number"
	case reflect.String:
		of["type"], bounds = "string", ""
		switch choices := s.choices(k); {
		case len(choices) > 0:
			of["enum"] = choices
		case k.is("name"):
			of["pattern"] = folderName.String()
			of["not"] = object{"enum": []string{"comparison", "latest", "index.html"}}
		case k.is("address"):
			of["pattern"] = `^https?://[^/?#@]+([/?#]|$)`
		case k.is("class"):
			of["type"] = []string{"string", "integer"}
		case k.is("path"):
			of["type"], of["minLength"] = []string{"string", "null"}, 1 // the home folder, ~, is YAML's null
		}
	default:
		of["type"] = "integer"
	}
	words := strings.Fields(bounds)
	for i := range words[:max(0, len(words)-1)] {
		limit := json.Number(words[i+1])
		switch words[i] {
		case "from", "least":
			of[least] = limit
		case "to", "most":
			of[most] = limit
		case "above":
			of["exclusiveMinimum"] = limit
		case "below":
			of["exclusiveMaximum"] = limit
		case "exactly":
			of[least], of[most] = limit, limit
		}
	}
	return of
}

// swept is the schema of a key in the section sweep: a list of values, or a range of
// numbers.
func (s schema) swept(k *key) object {
	value := object{"$ref": "#/properties/" + strings.ReplaceAll(k.path, ".", "/properties/")}
	forms := []any{object{"type": "array", "items": value, "minItems": 1, "maxItems": maxKeys, "uniqueItems": true}}
	if kind := k.kind.Kind(); kind == reflect.Int || kind == reflect.Float64 {
		drawn := section()
		drawn["properties"] = object{"min": value, "max": value, "scale": object{"enum": []string{"linear", "log"}}}
		drawn["required"] = []string{"min", "max"}
		forms = append(forms, drawn)
	}
	return object{"anyOf": forms, "description": k.tag.Get("doc")}
}

// kindsWhere are the names of the kinds of models that fulfill a condition.
func (s schema) kindsWhere(fulfills func(Kind) bool) (names []string) {
	for _, kind := range s.kinds {
		if fulfills(kind) {
			names = append(names, kind.Name)
		}
	}
	return names
}

// holds is the schema of configurations in which a key's condition holds: the other
// key has one of the values, by default too, or it is swept.
func (s schema) holds(k *key, on condition) object {
	either := []any{wants("sweep", object{"type": "object", "required": []string{on.key}})}
	if on.key == "data.classes" {
		return object{"anyOf": append(either, object{"not": wants(on.key, object{"minItems": 2, "maxItems": 2})})}
	}
	if len(on.values) == 0 {
		on.values = s.kindsWhere(func(kind Kind) bool { return slices.Contains(kind.Keys, k.path) })
	}
	byDefault := s.kindsWhere(func(kind Kind) bool {
		return slices.Contains(on.values, ValueText(s.initial(keyAt(on.key), kind.Name).Interface()))
	})
	either = append(either, wants(on.key, object{"enum": on.values}))
	absent := object{"not": wants(on.key, object{})}
	switch {
	case on.key == "model.kind" && slices.Contains(on.values, s.kinds[0].Name) || len(byDefault) == len(s.kinds):
		either = append(either, absent)
	case on.key != "model.kind" && len(byDefault) > 0:
		either = append(either, object{"allOf": []any{absent, s.holds(nil, condition{"model.kind", byDefault})}})
	}
	return object{"anyOf": either}
}
