package lab

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
)

// A State is what Azure's own API would report about the scenario, read from the daemons: what an emulator of that API has
// to be fed with.
type State struct {
	ERGateway   Gateway
	VPNGateways []Gateway // the instances, in order; none without a VPN
	MSEEs       []Gateway // primary, secondary
	Tunnels     []TunnelState
	Failures    []Failure
}

// A Gateway is one BGP speaker of Azure. One that is down reports nothing.
type Gateway struct {
	Node       Node
	Address    netip.Addr // in the GatewaySubnet; an MSEE's is where the ExpressRoute gateway sees it
	AS         uint32
	BGP        Table
	Advertised map[netip.Addr][]Path // by peer
}

// A TunnelState is a tunnel and both of its ends.
type TunnelState struct {
	Name                     Tunnel
	Router, Gateway          Node
	Local, Remote            netip.Addr // the router's loopback, the instance's private address
	RouterAPIPA, RemoteAPIPA netip.Addr
	Link                     Link // the private peering that carries it
	// Connected means that the gateway's IKE daemon has a child security association, and that nothing has failed on which
	// the tunnel depends: Azure's dead peer detection would have noticed.
	Connected bool
}

// State reads the gateways, MSEEs and tunnels. Every part is as of its own reading: call it when the lab has settled.
func (l *Lab) State(ctx context.Context) (State, error) {
	st := State{Failures: l.Failures()}
	var err error
	if st.ERGateway, err = l.gateway(ERGW, 65515); err != nil {
		return State{}, err
	}
	for _, s := range sites() {
		msee, err := l.gateway(s.msee, 12076)
		if err != nil {
			return State{}, err
		}
		st.MSEEs = append(st.MSEEs, msee)
		if !l.Scenario.VPN {
			continue
		}
		instance, err := l.gateway(s.gateway, 65515)
		if err != nil {
			return State{}, err
		}
		st.VPNGateways = append(st.VPNGateways, instance)
		connected, err := l.connected(ctx, s)
		if err != nil {
			return State{}, err
		}
		st.Tunnels = append(st.Tunnels, TunnelState{
			Name: s.tunnel, Router: s.router, Gateway: s.gateway, Local: s.loopback, Remote: s.gatewayIP,
			RouterAPIPA: s.apipa, RemoteAPIPA: s.gatewayAPIPA, Link: s.link, Connected: connected,
		})
	}
	return st, nil
}

func (l *Lab) gateway(n Node, as uint32) (Gateway, error) {
	g := Gateway{Node: n, Address: azureAddr(n), AS: as}
	if l.isDown(NodeDown(n)) {
		return g, nil
	}
	var err error
	if g.BGP, err = l.BGP(n); err != nil {
		return Gateway{}, err
	}
	g.Advertised = map[netip.Addr][]Path{}
	for _, p := range g.BGP.Peers {
		if p.State != "Established" {
			continue
		}
		if g.Advertised[p.Address], err = l.Advertised(n, p.Address); err != nil {
			return Gateway{}, err
		}
	}
	return g, nil
}

func (l *Lab) connected(ctx context.Context, s site) (bool, error) {
	if l.anyDown(s.tunnelNeeds()) {
		return false, nil
	}
	return l.associated(ctx, s)
}

// associated says whether the gateway has a child security association with the router.
func (l *Lab) associated(ctx context.Context, s site) (bool, error) {
	sas, err := l.Run(ctx, s.gateway, "swanctl", "--list-sas")
	if err != nil {
		return false, fmt.Errorf("lab: %s: %w", s.tunnel, err)
	}
	return strings.Contains(sas, "INSTALLED"), nil
}
