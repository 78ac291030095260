package emulator

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"net/http"
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

// armOperations are what can be asked of the resources of a type beside
// themselves, in lower case: lists below them, by GET, and operations, by POST.
// In the tree an operation's file has its argument as well, which is the peer,
// the edge router, the BGP connection or the hub's route table; a list has none,
// and its further pages are called 2, 3 and so on.
func armOperations(typ string) (lists, operations []string) {
	switch strings.ToLower(typ) {
	case "virtualnetworkgateways":
		return []string{"natrules", "connections"}, []string{"getlearnedroutes", "getbgppeerstatus", "getadvertisedroutes", "geteffectiveroutes", "getroutesinformation"}
	case "connections":
		return nil, []string{"getikesas"}
	case "expressroutecircuits":
		return []string{"peerings"}, []string{"routetables", "routetablessummary", "arptables"}
	case "expressrouteports":
		return []string{"links"}, nil
	case "networkinterfaces":
		return nil, []string{"effectiveroutetable"}
	case "virtualhubs":
		return []string{"ipconfigurations", "bgpconnections", "hubvirtualnetworkconnections", "routingintent", "hubroutetables", "routemaps"},
			[]string{"learnedroutes", "advertisedroutes", "effectiveroutes"}
	case "vpngateways":
		return []string{"vpnconnections", "natrules"}, nil
	case "expressroutegateways":
		return []string{"expressrouteconnections"}, nil
	}
	return nil, nil
}

func (r *armResource) id() string {
	return "/subscriptions/" + r.sub + "/resourceGroups/" + r.group + "/providers/Microsoft.Network/" + r.typ + "/" + r.name
}

// armStore is the served tree. Keys are in lower case: ARM compares names
// without regard to case. It is not changed after loadARM.
type armStore struct {
	subs      map[string]bool
	all       []*armResource // in order of ID
	byID      map[string]*armResource
	providers map[string][]byte // azure/<subscription>/providers.json
}

// armFile is one file of the tree.
type armFile struct {
	sub, typ, group, stem string
	body                  []byte
}

func loadARM(fsys fs.FS) (*armStore, error) {
	var files []armFile
	providers := make(map[string][]byte)
	err := fs.WalkDir(fsys, "azure", func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(p, ".json") {
			return err
		}
		seg := strings.Split(strings.TrimSuffix(p, ".json"), "/")
		provider := len(seg) == 3 && seg[2] == "providers"
		if len(seg) != 5 && !provider {
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
		if provider {
			providers[strings.ToLower(seg[1])] = body
			return nil
		}
		files = append(files, armFile{seg[1], seg[2], seg[3], seg[4], body})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("azure emulator: %w", err)
	}
	s := &armStore{subs: make(map[string]bool), byID: make(map[string]*armResource), providers: providers}
	s.fill(files)
	if len(s.all) == 0 {
		return nil, fmt.Errorf("azure emulator: no resource in the tree: want azure/<subscription>/<type>/<group>/<name>.json")
	}
	return s, nil
}

func (s *armStore) fill(files []armFile) {
	var actions []armFile
	for _, f := range files {
		if _, action := splitARMAction(f.typ, f.stem); action != "" {
			actions = append(actions, f)
			continue
		}
		r := &armResource{sub: f.sub, typ: f.typ, group: f.group, name: f.stem, body: f.body, actions: make(map[string][]byte)}
		s.subs[strings.ToLower(f.sub)] = true
		s.all = append(s.all, r)
		s.byID[strings.ToLower(r.id())] = r
	}
	for _, f := range actions {
		name, action := splitARMAction(f.typ, f.stem)
		r := armResource{sub: f.sub, typ: f.typ, group: f.group, name: name}
		if owner := s.byID[strings.ToLower(r.id())]; owner != nil {
			owner.actions[strings.ToLower(action)] = f.body
		}
	}
	slices.SortFunc(s.all, func(a, b *armResource) int { return cmp.Compare(a.id(), b.id()) })
}

// splitARMAction cuts a file's name into the resource's and the operation with
// its argument. Resource names may have dots, so only what the type has counts.
func splitARMAction(typ, stem string) (name, action string) {
	lower := strings.ToLower(stem)
	lists, operations := armOperations(typ)
	for _, a := range slices.Concat(lists, operations) {
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
	case !ok && strings.EqualFold(name, "effectiveRouteTable"):
		e := armError(http.StatusBadRequest, "OperationNotAllowed", "Effective routes of the network interface '"+r.name+"' are not available: its virtual machine does not run.")
		return e.Status, e.Body
	case !ok:
		return 200, []byte("{\r\n  \"value\": []\r\n}")
	case len(bytes.TrimSpace(body)) == 0:
		return 204, nil
	}
	return 200, body
}
