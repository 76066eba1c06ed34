using Sluice.Config.Commands;
using Sluice.Config.Documents;
using Sluice.Config.Kinds;

namespace Sluice.Config.Reading;

/// <summary>Every document that was read, before it is judged.</summary>
internal sealed class Asked
{
    public List<GatewayDocument> Gateways { get; } = [];

    public List<NatProfileDocument> Profiles { get; } = [];

    public List<PeeringDocument> Peerings { get; } = [];

    public List<TranslationDocument> Translations { get; } = [];

    public List<SourceNatDocument> SourceNats { get; } = [];

    /// <summary>Documents of added kinds.</summary>
    public List<AddedDocument> Added { get; } = [];

    public List<VpcDocument> Vpcs { get; } = [];

    public List<FabricGatewayDocument> FabricGateways { get; } = [];

    public List<GatewayGroupDocument> Groups { get; } = [];

    /// <summary>The show lines of command files.</summary>
    public List<CommandQuestion> Questions { get; } = [];

    /// <summary>What command files ask for, until all are read and documents are made of it; null: there is none.</summary>
    public CommandState? Commands { get; set; }

    /// <summary>Links that command files name for source NAT while it has no address, so that no document carries them.</summary>
    public List<NamedSpec> LinksOfCommands { get; } = [];

    /// <summary>The id that a next translation of commands gets.</summary>
    public int NextCommandId { get; set; }

    /// <summary>The names of groups in GatewayAgents, which repeat what documents may say too.</summary>
    public List<string> AgentGroups { get; } = [];

    /// <summary>Whether something in it says which realms there are; without it the names in peerings are taken as they are.</summary>
    public bool NamesRealms => Gateways.Count > 0 || Vpcs.Count > 0 || Agent is not null;

    /// <summary>The GatewayAgent among the documents.</summary>
    public AgentIdentity? Agent { get; set; }
}
