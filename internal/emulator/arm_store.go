package emulator

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"net/url"
	"slices"
	"strings"
)

// armResource is one resource of the served tree with what its actions answer,
// by "action" or "action.argument" in lower case.
type armResource struct {
	sub, typ, group, name string
	body                  []byte
	actions               map[string][]byte
}

func (r *armResource) id() string {
	return "/subscriptions/" + r.sub + "/resourceGroups/" + r.group + "/providers/Microsoft.Network/" + r.typ + "/" + r.name
}

// armStore is the served tree. Keys are in lower case: ARM compares names
// without regard to case. It is not changed after loadARM.
type armStore struct {
	subs map[string]bool
	all  []*armResource // in order of ID
	byID map[string]*armResource
}

// armFile is one file of the tree.
type armFile struct {
	sub, typ, group, stem string
	body                  []byte
}

func loadARM(fsys fs.FS) (*armStore, error) {
	var files []armFile
	err := fs.WalkDir(fsys, "azure", func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(p, ".json") {
			return err
		}
		seg := strings.Split(strings.TrimSuffix(p, ".json"), "/")
		if len(seg) != 5 {
			return nil // the status of a list, in an evidence directory
		}
		for i := range seg {
			if plain, err := url.PathUnescape(seg[i]); err == nil {
				seg[i] = plain
			}
		}
		body, err := fs.ReadFile(fsys, p)
		if err != nil {
			return err
		}
		files = append(files, armFile{seg[1], seg[2], seg[3], seg[4], body})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("azure emulator: %w", err)
	}
	s := &armStore{subs: make(map[string]bool), byID: make(map[string]*armResource)}
	s.fill(files)
	if len(s.all) == 0 {
		return nil, fmt.Errorf("azure emulator: no resource in the tree: want azure/<subscription>/<type>/<group>/<name>.json")
	}
	return s, nil
}

func (s *armStore) fill(files []armFile) {
	var actions []armFile
	for _, f := range files {
		if _, action := splitARMAction(f.stem); action != "" {
			actions = append(actions, f)
			continue
		}
		r := &armResource{sub: f.sub, typ: f.typ, group: f.group, name: f.stem, body: f.body, actions: make(map[string][]byte)}
		s.subs[strings.ToLower(f.sub)] = true
		s.all = append(s.all, r)
		s.byID[strings.ToLower(r.id())] = r
	}
	for _, f := range actions {
		name, action := splitARMAction(f.stem)
		r := armResource{sub: f.sub, typ: f.typ, group: f.group, name: name}
		if owner := s.byID[strings.ToLower(r.id())]; owner != nil {
			owner.actions[strings.ToLower(action)] = f.body
		}
	}
	slices.SortFunc(s.all, func(a, b *armResource) int { return cmp.Compare(a.id(), b.id()) })
}

// splitARMAction cuts a file's name into the resource's and the action with its
// argument. Resource names may have dots, so only known actions count.
func splitARMAction(stem string) (name, action string) {
	lower := strings.ToLower(stem)
	for _, a := range []string{
		"getlearnedroutes", "getbgppeerstatus", "getadvertisedroutes", "geteffectiveroutes", "getroutesinformation",
		"routetables", "routetablessummary", "arptables", "getikesas", "effectiveroutetable",
	} {
		if i := strings.LastIndex(lower, "."+a); i > 0 {
			end := i + 1 + len(a)
			if end == len(stem) || stem[end] == '.' {
				return stem[:i], stem[i+1:]
			}
		}
	}
	return stem, ""
}

// list returns the resources of a type in a subscription, and in one group when
// group is not empty.
func (s *armStore) list(sub, group, typ string) []*armResource {
	var rs []*armResource
	for _, r := range s.all {
		if strings.EqualFold(r.sub, sub) && strings.EqualFold(r.typ, typ) && (group == "" || strings.EqualFold(r.group, group)) {
			rs = append(rs, r)
		}
	}
	return rs
}

// action is what an action answers: status and body. A resource whose tree has
// no file for the action has nothing to tell, as a gateway without BGP.
func (r *armResource) action(name string) (int, []byte) {
	body, ok := r.actions[strings.ToLower(name)]
	switch {
	case !ok:
		return 200, []byte("{\r\n  \"value\": []\r\n}")
	case len(bytes.TrimSpace(body)) == 0:
		return 204, nil
	}
	return 200, body
}
