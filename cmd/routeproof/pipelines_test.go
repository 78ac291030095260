package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

const (
	githubAction  = "../../.github/actions/routeproof/action.yml"
	azureTemplate = "../../.azuredevops/routeproof.yml"
)

// step is what the action and the template have in common.
type step struct {
	Name string            `yaml:"name"`
	ID   string            `yaml:"id"`
	Run  string            `yaml:"run"`
	Bash string            `yaml:"bash"`
	Env  map[string]any    `yaml:"env"`
	With map[string]string `yaml:"inputs"`
}

func (s step) script() string { return s.Run + s.Bash }

func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(data, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func actionSteps(t *testing.T) []step {
	t.Helper()
	var action struct {
		Runs struct {
			Steps []step `yaml:"steps"`
		} `yaml:"runs"`
	}
	readYAML(t, githubAction, &action)
	return action.Runs.Steps
}

func templateSteps(t *testing.T) []step {
	t.Helper()
	var template struct {
		Steps []step `yaml:"steps"`
	}
	readYAML(t, azureTemplate, &template)
	return template.Steps
}

// What a user of the action or template writes is never text of a script, where it
// could be commands.
func TestInputsAreNoTextOfScripts(t *testing.T) {
	for name, steps := range map[string][]step{githubAction: actionSteps(t), azureTemplate: templateSteps(t)} {
		scripts := 0
		for _, s := range steps {
			if s.script() == "" {
				continue
			}
			scripts++
			if text := regexp.MustCompile(`\$\{\{|\$\(|\x60`).FindString(s.script()); text != "" {
				t.Errorf("%s: a script holds %s: pass it as a variable", name, text)
			}
		}
		if scripts == 0 {
			t.Errorf("%s has no script", name)
		}
	}
}

// The scripts run as the services run them, with a program that says how it was
// called.
func TestPipelineStepsCallTheProgram(t *testing.T) {
	dir := t.TempDir()
	program := "#!/bin/sh\nfor a; do printf '[%s]' \"$a\"; done; exit \"${CODE:-0}\"\n"
	if err := os.WriteFile(filepath.Join(dir, "routeproof"), []byte(program), 0o755); err != nil {
		t.Fatal(err)
	}
	action := steps(t, actionSteps(t), func(s step) bool { return s.ID == "audit" })
	template := steps(t, templateSteps(t), func(s step) bool { return s.Name == "routeproof" })
	hostile := "$(touch owned) `touch owned`; touch owned #\"'"
	tests := []struct {
		name     string
		step     step
		env      []string
		want     string
		wantCode int
	}{
		{
			"the action with everything", action,
			[]string{"CONFIG=c.yaml", "EVIDENCE=--help", "BASELINE=b.json", "FAIL_ON=high", "MAX_AGE=7d", "ALLOW_OPEN=false", "OUT=out"},
			"[ci][--fail-on][high][--out][out][--config][c.yaml][--baseline][b.json][--max-age][7d][--][--help]", 0,
		},
		{
			"the action with the least", action,
			[]string{"CONFIG=", "EVIDENCE=e", "BASELINE=", "FAIL_ON=low", "MAX_AGE=", "ALLOW_OPEN=false", "OUT=o", "CODE=3"},
			"[ci][--fail-on][low][--out][o][--][e]", 3,
		},
		{
			"the action when open is allowed", action,
			[]string{"CONFIG=", "EVIDENCE=e", "BASELINE=", "FAIL_ON=low", "MAX_AGE=", "ALLOW_OPEN=true", "OUT=o", "CODE=3"},
			"[ci][--fail-on][low][--out][o][--][e]", 0,
		},
		{
			"the action when open is allowed and something is violated", action,
			[]string{"CONFIG=", "EVIDENCE=e", "BASELINE=", "FAIL_ON=low", "MAX_AGE=", "ALLOW_OPEN=true", "OUT=o", "CODE=1"},
			"[ci][--fail-on][low][--out][o][--][e]", 1,
		},
		{
			"the action with commands for inputs", action,
			[]string{"CONFIG=" + hostile, "EVIDENCE=" + hostile, "BASELINE=" + hostile, "FAIL_ON=" + hostile, "MAX_AGE=" + hostile, "ALLOW_OPEN=" + hostile, "OUT=" + hostile},
			"[ci][--fail-on][" + hostile + "][--out][" + hostile + "][--config][" + hostile + "][--baseline][" + hostile + "][--max-age][" + hostile + "][--][" + hostile + "]", 0,
		},
		{
			"the template with commands for parameters", template,
			[]string{
				"ROUTEPROOF_CONFIG=" + hostile, "ROUTEPROOF_EVIDENCE=", "ROUTEPROOF_BASELINE=b.json", "ROUTEPROOF_FAIL_ON=none",
				"ROUTEPROOF_MAX_AGE=24h", "ROUTEPROOF_ALLOW_OPEN=False", "ROUTEPROOF_PROGRAM=" + filepath.Join(dir, "routeproof"), "ROUTEPROOF_VERSION=" + hostile,
			},
			"[ci][--fail-on][none][--out][" + dir + "/routeproof-ci][--config][" + hostile + "][--baseline][b.json][--max-age][24h]", 0,
		},
		{
			"the template when open is allowed", template,
			[]string{
				"ROUTEPROOF_CONFIG=", "ROUTEPROOF_EVIDENCE=e", "ROUTEPROOF_BASELINE=", "ROUTEPROOF_FAIL_ON=low", "CODE=3",
				"ROUTEPROOF_MAX_AGE=", "ROUTEPROOF_ALLOW_OPEN=True", "ROUTEPROOF_PROGRAM=" + filepath.Join(dir, "routeproof"), "ROUTEPROOF_VERSION=",
			},
			"[ci][--fail-on][low][--out][" + dir + "/routeproof-ci][--][e]", 0,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for name := range tt.step.Env {
				if !strings.HasPrefix(name, "${{") && !slices.ContainsFunc(tt.env, func(e string) bool { return strings.HasPrefix(e, name+"=") }) {
					t.Errorf("the step has a variable %s that this test does not set", name)
				}
			}
			cmd := exec.CommandContext(t.Context(), "bash", "-eo", "pipefail", "-c", tt.step.script())
			cmd.Dir = t.TempDir()
			cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "RUNNER_TEMP=" + dir, "AGENT_TEMPDIRECTORY=" + dir}, tt.env...)
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			err := cmd.Run()
			if cmd.ProcessState == nil {
				t.Skipf("no bash here: %v", err)
			}
			if code := cmd.ProcessState.ExitCode(); code != tt.wantCode {
				t.Errorf("exit code %d, want %d: %s", code, tt.wantCode, stderr.String())
			}
			if d := cmp.Diff(tt.want, stdout.String()); d != "" {
				t.Errorf("the program's arguments (-want +got):\n%s", d)
			}
			if left, _ := os.ReadDir(cmd.Dir); len(left) > 0 {
				t.Errorf("an input was a command: it made %v", left)
			}
		})
	}
}

// Who takes the template of a tag gets the program of that tag.
func TestTheTemplateInstallsItsOwnVersion(t *testing.T) {
	var template struct {
		Parameters []struct {
			Name    string
			Default any // one is an object
		}
	}
	readYAML(t, azureTemplate, &template)
	for _, p := range template.Parameters {
		if p.Name == "version" && p.Default == any("v"+version) {
			return
		}
	}
	t.Errorf("%s: the parameter version has not the default v%s", azureTemplate, version)
}

func steps(t *testing.T, all []step, is func(step) bool) step {
	t.Helper()
	i := slices.IndexFunc(all, is)
	if i < 0 {
		t.Fatal("the step is not there")
	}
	return all[i]
}

// The schema is that of Microsoft's own editor. It is not kept here.
func TestTheTemplateFollowsAzurePipelinesSchema(t *testing.T) {
	file := os.Getenv("AZURE_PIPELINES_SCHEMA")
	if file == "" {
		t.Skip("AZURE_PIPELINES_SCHEMA does not name service-schema.json of microsoft/azure-pipelines-vscode")
	}
	schema, err := jsonschema.NewCompiler().Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	var template any
	readYAML(t, azureTemplate, &template)
	if err := schema.Validate(template); err != nil {
		t.Error(err)
	}
	template.(map[string]any)["steps"].([]any)[1].(map[string]any)["task"] = 1
	if schema.Validate(template) == nil {
		t.Error("the schema has nothing against a task that is a number")
	}
}
