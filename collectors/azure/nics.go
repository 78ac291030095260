package azure

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/network/armnetwork/v9"

	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// maxSamples is how many machines of a subnet are asked before it counts as one
// where none runs.
const maxSamples = 3

// samples are, for each subnet, a few interfaces of machines. All machines of a
// subnet share its route table, so one of them stands for all.
type samples map[string][]resourceID

// see takes an interface of a machine in as a sample of its subnets.
func (m samples) see(l listed) {
	doc, _ := parseJSON(l.raw)
	p := doc.at("properties")
	if p.at("virtualMachine", "id").scalar() == "" {
		return
	}
	for _, c := range p.at("ipConfigurations").items() {
		subnet := strings.ToLower(c.at("properties", "subnet", "id").scalar())
		if subnet == "" {
			continue
		}
		if len(m[subnet]) < maxSamples {
			m[subnet] = append(m[subnet], l.id)
		}
		return // the routes are those of the first address's subnet
	}
}

// startSamples asks one running machine a subnet for its effective routes.
func (s *subscription) startSamples(t *tasks, f *found) {
	client := s.network.NewInterfacesClient()
	for _, nics := range f.samples {
		t.start(func(ctx context.Context) error { return s.sample(ctx, client, nics) })
	}
}

// sample asks machines of a subnet until one answers. Azure refuses where a
// machine does not run; where it refuses all of them there is nothing to read.
func (s *subscription) sample(ctx context.Context, client *armnetwork.InterfacesClient, nics []resourceID) error {
	for i, id := range nics {
		r, err := s.ask(ctx, id, actionNICEffective, manyRows, operation(s,
			func(ctx context.Context) (*runtime.Poller[armnetwork.InterfacesClientGetEffectiveRouteTableResponse], error) {
				return client.BeginGetEffectiveRouteTable(ctx, id.group, id.name, nil)
			}))
		if err != nil {
			return err
		}
		if r.notRunning() {
			if i+1 < len(nics) {
				continue
			}
			r.status = snapshot.Empty
			r.detail = fmt.Sprintf("no machine of the subnet that was asked (%d) seems to run, and only a running one has effective routes: %s", len(nics), r.detail)
		}
		_, err = s.store(evidence.AzurePath(s.id, id.typ, id.group, id.name, actionNICEffective, ""), r, r.body)
		return err
	}
	return nil
}

// notRunning reports whether Azure refused a machine's effective routes for the
// state that the machine is in.
func (r reply) notRunning() bool {
	switch r.answered.status {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusConflict:
		return true
	}
	return false
}
