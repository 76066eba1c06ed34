using System.Text.Json.Serialization;

namespace Sluice.Gateway.Views;

/// <summary>Virtual IPs: what <c>sluice show translations</c> prints.</summary>
/// <param name="Total">How many there are, shown or not.</param>
/// <param name="Translations">Those that were asked for.</param>
/// <param name="Affinity">What is remembered of clients, of all translations together.</param>
public sealed record TranslationsView(int Total, IReadOnlyList<TranslationView> Translations, AffinityUseView Affinity);

/// <summary>The use of the table that remembers which backend a client had.</summary>
/// <param name="Clients">Clients that are remembered, each once a translation.</param>
/// <param name="Capacity">How many can be.</param>
/// <param name="Unremembered">Sessions that were made by the hash alone, because there was no room.</param>
public sealed record AffinityUseView(long Clients, long Capacity, long Unremembered);

/// <summary>One virtual IP.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Place">Where its document begins: file:line:column.</param>
/// <param name="Realm">The realm of its address and of its backends.</param>
/// <param name="Address">Its address; null while the link that gives it has none: then it is nowhere.</param>
/// <param name="Ports">80, 8000-8100, or all.</param>
/// <param name="Protocol">tcp, udp or sctp.</param>
/// <param name="Mode">vip or real.</param>
/// <param name="Method">hash or maglev.</param>
/// <param name="AffinitySeconds">How long a client keeps its backend after its last new session; null: no longer than a session.</param>
/// <param name="Counts">What has been counted: of its backends, those included that it has no more.</param>
/// <param name="Backends">Its backends, and those that are gone and have sessions still.</param>
public sealed record TranslationView(
    string Name,
    string Place,
    string Realm,
    string? Address,
    string Ports,
    string Protocol,
    string Mode,
    string Method,
    double? AffinitySeconds,
    StatisticsView Counts,
    IReadOnlyList<BackendView> Backends);

/// <summary>One backend of a virtual IP.</summary>
/// <param name="Endpoint">Address and first port as it is reached, such as 20.0.0.1:8080; one that is left out stays as the client writes it.</param>
/// <param name="Source">The source that it sees instead of the client; null: the client.</param>
/// <param name="Direct">Whether it gets packets as they are.</param>
/// <param name="State">active, draining, down; nowhere: the link that gives its address, or its source's, has none; removed: a configuration before had it, and sessions with it still live.</param>
/// <param name="Weight">Its weight.</param>
/// <param name="Share">Its part of new sessions at the moment, from 0 to 1.</param>
/// <param name="Clients">Clients that are remembered to have it, where there is affinity.</param>
/// <param name="Health">What is known of its health; null: nobody asks.</param>
/// <param name="Counts">What has been counted; of an endpoint that is listed twice at the first.</param>
public sealed record BackendView(
    string Endpoint,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Source,
    bool Direct,
    string State,
    int Weight,
    double Share,
    long Clients,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BackendHealthView? Health,
    StatisticsView Counts);

/// <summary>What is known of a backend's health.</summary>
/// <param name="Check">How it is asked: tcp, http, udp, icmp; none: clients' connections alone tell.</param>
/// <param name="Up">Whether it is up.</param>
/// <param name="Since">Since when, RFC 3339.</param>
/// <param name="Ejected">Whether it is out because of clients' connections.</param>
/// <param name="LastError">What was wrong last; null: nothing yet.</param>
public sealed record BackendHealthView(
    string Check, bool Up, string Since, bool Ejected, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? LastError);

/// <summary>Source-NAT policies, and documents of kinds that a program adds: what <c>sluice show sources</c> prints.</summary>
/// <param name="Total">How many there are, shown or not.</param>
/// <param name="Sources">Those that were asked for.</param>
public sealed record SourcesView(int Total, IReadOnlyList<SourceView> Sources);

/// <summary>One source-NAT policy, or one document of an added kind.</summary>
/// <param name="Name">Its name; of an added kind that of the kind before it.</param>
/// <param name="Place">Where its document begins: file:line:column.</param>
/// <param name="Realm">The realm that packets leave.</param>
/// <param name="Policy">none, if-pfx, k8s, dnat or dnat-only; or the added kind.</param>
/// <param name="Links">The links that packets come in by; empty: all of the realm.</param>
/// <param name="Addresses">The public addresses, and the links that give theirs.</param>
/// <param name="Exclude">Destinations that are left alone.</param>
/// <param name="Include">Destinations inside those that are not.</param>
/// <param name="Counts">What has been counted.</param>
/// <param name="Says">Of an added kind: the fields of the document in words; null: it is a source-NAT policy.</param>
public sealed record SourceView(
    string Name,
    string Place,
    string Realm,
    string Policy,
    IReadOnlyList<string> Links,
    IReadOnlyList<string> Addresses,
    IReadOnlyList<string> Exclude,
    IReadOnlyList<string> Include,
    StatisticsView Counts,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Says = null);

/// <summary>What has been counted of sessions.</summary>
/// <param name="Active">Those that live.</param>
/// <param name="New">Those made so far.</param>
/// <param name="Expired">Those that ended because their time was over.</param>
/// <param name="Refused">First packets that got none, by reason.</param>
/// <param name="Unanswered">TCP sessions that heard nothing from where they went.</param>
/// <param name="Rejected">TCP sessions whose first segment was answered by a reset.</param>
/// <param name="Original">What passed the way of the first packets.</param>
/// <param name="Reply">What passed the way back.</param>
public sealed record StatisticsView(
    long Active, long New, long Expired, RefusedView Refused, long Unanswered, long Rejected, TrafficView Original, TrafficView Reply);

/// <summary>First packets that got no session.</summary>
/// <param name="NoBackend">There was no backend.</param>
/// <param name="PoolExhausted">No port or address was left for their source.</param>
/// <param name="TableFull">No table had room.</param>
/// <param name="QuotaExceeded">Their host had its quota.</param>
public sealed record RefusedView(long NoBackend, long PoolExhausted, long TableFull, long QuotaExceeded)
{
    /// <summary>All of them.</summary>
    [JsonIgnore]
    public long Total => NoBackend + PoolExhausted + TableFull + QuotaExceeded;
}
