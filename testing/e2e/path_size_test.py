"""Paths that carry less than an Ethernet does, between two network namespaces that the test makes."""
import unittest

from harness import EndToEnd, Host, probe
from network import Network, can_make_namespaces

MTU = 1300
SHARDS = "shards of 1168 bytes"  # of the 1232 bytes that QUIC's last probe proves there


@unittest.skipUnless(can_make_namespaces(), "needs the right to make network namespaces")
class PathSize(EndToEnd):
    def stream(self, network, host, seconds):
        code, said, report = probe(host.address, "--wait", "60", within=network.within("client"), seconds=seconds)
        self.assertEqual(code, 0, said + host.said())
        return report["frames"]

    def host(self, network):
        return Host(self, within=network.within("host"), bind="10.77.0.1")

    def test_what_swallows_large_packets_is_found_out_and_remembered(self):
        network = Network(self)
        network.set_mtu("client", MTU)  # its end of the cable drops in silence what is larger
        network.cut_in_software("host")  # batches would slip through whole
        host = self.host(network)
        # Nothing is seen before the host has looked; then the seconds of the stream begin.
        frames = self.stream(network, host, seconds=9)
        self.assertIn(SHARDS, host.said())
        self.assertGreater(frames["distinct_decoded"], 30)
        # The next session begins with what this one has learned.
        frames = self.stream(network, host, seconds=1)
        self.assertGreater(frames["distinct_decoded"], 3)
        self.assertEqual(host.said().count(SHARDS), 1, host.said())

    def test_an_interface_that_takes_less_is_fitted(self):
        network = Network(self)
        for side in ("host", "client"):
            network.set_mtu(side, MTU)
        host = self.host(network)
        frames = self.stream(network, host, seconds=5)  # at first the system fragments
        self.assertRegex(host.said(), "shards of 1(168|136) bytes")  # the latter while QUIC still searches
        self.assertGreater(frames["distinct_decoded"], 30)

    def test_an_ethernet_keeps_its_packets(self):
        network = Network(self)
        host = self.host(network)
        self.stream(network, host, seconds=5)
        self.assertNotIn(SHARDS, host.said())  # a starved search may be at 1136 still


if __name__ == "__main__":
    unittest.main()
