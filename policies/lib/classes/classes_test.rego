package lib.classes_test

import data.lib.classes
import data.lib.fixtures_test as fixtures

leaking := fixtures.path([fixtures.hop("router/R1", "only", fixtures.peering), fixtures.delivered])

unread := fixtures.path([fixtures.hop("router/R1", "only", {"link": "peering/er", "leavesPremises": true})])

protected := fixtures.protected_forward

not_known := fixtures.unknown([])

test_protected_classes_are_not_exposed if {
	classes.exposed == [] with input.classes as [fixtures.class]
	classes.inspected == [] with input.classes as [fixtures.class]
	classes.unknown_forward == [] with input.classes as [fixtures.class]
}

test_a_class_is_exposed_where_a_branch_is_in_clear_or_not_known if {
	every path in [
		leaking, unread, not_known,
		fixtures.forked(protected, [leaking]), fixtures.forked(protected, [unread]), fixtures.forked(protected, [not_known]),
	] {
		forward := fixtures.with_forward(path)
		back := fixtures.with_return(path)
		classes.exposed_forward == [forward] with input.classes as [fixtures.class, forward, back]
		classes.exposed_return == [back] with input.classes as [fixtures.class, forward, back]
		classes.exposed == [forward, back] with input.classes as [fixtures.class, forward, back]
	}
}

test_a_class_that_needs_no_protection_is_exposed_only_where_it_is_not_known if {
	exempt := {"required": {"protection": ["ipsec", "none"]}}
	clear := object.union(fixtures.with_forward(leaking), exempt)
	unknown := object.union(fixtures.with_forward(unread), exempt)

	classes.exposed == [unknown] with input.classes as [clear, unknown]
}

test_a_class_is_inspected_where_a_branch_passes_a_firewall_or_is_not_known if {
	passing := fixtures.passing(protected, ["firewall/azfw"])
	every path in [passing, not_known, fixtures.forked(protected, [passing]), fixtures.forked(protected, [not_known])] {
		forward := fixtures.with_forward(path)
		back := fixtures.with_return(path)
		classes.inspected == [forward, back] with input.classes as [forward, fixtures.class, back]
	}
}

test_the_way_to_azure_is_not_known_where_one_of_its_branches_is_not if {
	every path in [not_known, fixtures.forked(protected, [not_known])] {
		forward := fixtures.with_forward(path)
		back := fixtures.with_return(path)
		classes.unknown_forward == [forward] with input.classes as [forward, fixtures.class, back]
	}
}
