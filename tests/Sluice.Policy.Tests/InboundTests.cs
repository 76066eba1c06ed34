using Sluice.Packets.Addresses;
using Sluice.Packets.Tests;
using Xunit;
using static Sluice.Policy.Tests.TestPolicy;

namespace Sluice.Policy.Tests;

/// <summary>Packets to public addresses, from the peer and from inside.</summary>
public class InboundTests
{
    private static TestPolicy OneMasquerade() =>
        Of([End("a", Masquerade("10.1.0.0/24", "203.0.113.0/30")) + ", " + End("b", Plain("10.2.0.0/24"))]);

    [Fact]
    public void A_mapping_lets_the_peer_in_while_its_inside_address_is_still_masqueraded()
    {
        TestPolicy policy = OneMasquerade();
        Assert.Equal("session a", policy.Inbound("b", "10.2.0.5", "203.0.113.1", "b", "a", "10.1.0.5"));
        Assert.Equal("drop NotExposed", policy.Inbound("b", "10.2.0.5", "203.0.113.1", "b", "a", "10.1.1.5"));
        Assert.Equal("drop NotExposed", policy.Inbound("b", "10.2.0.5", "203.0.113.1", "b", "c", "10.1.0.5"));
        Assert.Equal("drop NotExposed", policy.Inbound("b", "10.2.0.5", "203.0.113.9", "b", "a", "10.1.0.5"));
    }

    [Fact]
    public void A_sender_that_the_peer_does_not_expose_is_not_let_in()
    {
        Assert.Equal("drop NotExposed", OneMasquerade().Inbound("b", "10.2.1.5", "203.0.113.1", "b", "a", "10.1.0.5"));
    }

    [Fact]
    public void A_sender_in_a_third_realm_is_not_let_in()
    {
        TestPolicy policy = Of(
        [
            End("a", Masquerade("10.1.0.0/24", "203.0.113.0/30")) + ", " + End("b", Plain("10.2.0.0/24")),
            End("a", Plain("10.1.0.0/24")) + ", " + End("c", Plain("10.3.0.0/24")),
        ]);
        Assert.Equal("drop NotExposed", policy.Inbound("c", "10.3.0.5", "203.0.113.1", "b", "a", "10.1.0.5"));
    }

    [Fact]
    public void A_masqueraded_sender_is_seen_by_its_own_public_endpoint()
    {
        TestPolicy policy = Of([End("a", Masquerade("10.1.0.0/24", "203.0.113.1/32")) + ", " + End("b", Masquerade("10.2.0.0/24", "198.51.100.1/32"))]);
        Assert.Equal("session a as 198.51.100.1", policy.Inbound("b", "10.2.0.5", "203.0.113.1", "b", "a", "10.1.0.5"));
    }

    [Fact]
    public void A_packet_from_inside_to_its_own_realms_public_address_turns_round()
    {
        TestPolicy policy = OneMasquerade();
        Assert.Equal("ask b as 203.0.113.0-203.0.113.3", policy.Decide("a", "10.1.0.5", "203.0.113.2"));
        Assert.Equal("session a as 203.0.113.0-203.0.113.3", policy.Inbound("a", "10.1.0.5", "203.0.113.2", "b", "a", "10.1.0.6"));
        Assert.Equal("drop NotExposed", policy.Decide("a", "10.1.1.5", "203.0.113.2"));
    }

    [Fact]
    public void A_hairpin_wins_over_the_peers_default_and_over_its_wider_prefix()
    {
        foreach (string peer in new[] { Default, Plain("203.0.112.0/20") })
        {
            TestPolicy policy = Of([End("a", Masquerade("10.1.0.0/24", "203.0.113.0/30")) + ", " + End("b", peer)]);
            Assert.Equal("ask b as 203.0.113.0-203.0.113.3", policy.Decide("a", "10.1.0.5", "203.0.113.2"));
        }
    }

    [Fact]
    public void An_address_that_is_public_towards_several_peers_is_asked_for_in_each()
    {
        TestPolicy policy = Of(
        [
            End("a", Masquerade("10.1.0.0/24", "203.0.113.1/32")) + ", " + End("b", Plain("10.2.0.0/24")),
            End("a", Masquerade("10.1.0.0/25", "203.0.113.9/32")) + ", " + End("d", Plain("10.4.0.0/24")),
            End("a", Masquerade("10.1.0.0/25", "203.0.113.1/32")) + ", " + End("c", Plain("10.3.0.0/24")),
        ]);
        FirstPacket packet = policy.Packet("a", "10.1.0.5", "203.0.113.1");
        Decision asked = policy.Policy.Decide(packet);
        Assert.Equal("ask b as 203.0.113.1", policy.Say(asked));
        Assert.True(policy.Policy.AskNext(packet, ref asked));
        Assert.Equal("ask c as 203.0.113.1", policy.Say(asked));
        Assert.False(policy.Policy.AskNext(packet, ref asked));

        // A sender that only the first peer may see is asked for there alone.
        packet = policy.Packet("a", "10.1.0.200", "203.0.113.1");
        asked = policy.Policy.Decide(packet);
        Assert.Equal("ask b as 203.0.113.1", policy.Say(asked));
        Assert.False(policy.Policy.AskNext(packet, ref asked));
    }

    [Fact]
    public void A_question_of_the_peer_has_no_next_one()
    {
        TestPolicy policy = OneMasquerade();
        FirstPacket packet = policy.Packet("b", "10.2.0.5", "203.0.113.1");
        Decision asked = policy.Policy.Decide(packet);
        Assert.False(policy.Policy.AskNext(packet, ref asked));
    }

    [Fact]
    public void Deciding_allocates_nothing()
    {
        TestPolicy policy = OneMasquerade();
        FirstPacket inbound = policy.Packet("b", "10.2.0.5", "203.0.113.1");
        FirstPacket hairpin = policy.Packet("a", "10.1.0.5", "203.0.113.1");
        ushort a = policy.Realm("a"), b = policy.Realm("b");
        IpAddress inside = IpAddress.Parse("10.1.0.6");
        LiveSession live = policy.Live("a", "10.1.0.5", "10.2.0.5", "203.0.113.1");
        int kinds = 0;
        Allocations.AssertNone(_ =>
        {
            for (int i = 0; i < 100; i++)
            {
                kinds += (int)policy.Policy.DecideInbound(inbound, b, a, inside).Kind + (int)policy.Policy.Redecide(live, out Decision _);
                Decision asked = policy.Policy.Decide(hairpin);
                policy.Policy.AskNext(hairpin, ref asked);
            }
        });

        Assert.NotEqual(0, kinds);
    }
}
