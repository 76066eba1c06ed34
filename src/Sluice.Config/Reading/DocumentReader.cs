using Sluice.Config.Kinds;
using Sluice.Config.Yaml;

namespace Sluice.Config.Reading;

/// <summary>Reads documents by apiVersion and kind.</summary>
internal sealed class DocumentReader(Asked asked, Problems problems, DocumentKinds kinds)
{
    internal const string Native = "sluice.dev/v1alpha1";
    private const string Fabric = "gateway.githedgehog.com/v1alpha1";
    private const string Agent = "gwint.githedgehog.com/v1alpha1";

    internal static readonly string[] NativeKinds = ["Gateway", "NatProfile", "Peering", "Translation", "SourceNat"];

    /// <summary>Whether an apiVersion is that of documents that other programs write.</summary>
    internal static bool IsOtherVersion(string version) => version is Fabric or Agent or "v1";

    public void Read(YamlNode root)
    {
        Fields document = Fields.Loose(root, problems);
        if (!document.Exist) return;
        YamlNode? named = (document.Node.Find("metadata") as YamlMapping)?.Find("name");
        problems.Document(root.Place, (document.Node.Find("kind") as YamlScalar)?.Text, (named as YamlScalar)?.Text);
        if (document.Node.Find("apiVersion") is null && document.Node.Find("kind") is null)
        {
            problems.Error(root, ConfigRule.UnknownKind, $"the document has no apiVersion and kind (such as apiVersion: {Native}, kind: Gateway)");
            return;
        }

        string? version = document.RequireText("apiVersion"), kind = document.RequireText("kind");
        if (version is null || kind is null) return;
        if (kinds.Find(version, kind) is { } added)
        {
            if (Header(document, isNative: true) is { } header) added.Read(header, asked);
            return;
        }

        switch (version)
        {
            case Native:
                ReadNative(document, kind);
                break;
            case Fabric:
                ReadFabric(document, kind);
                break;
            case Agent when kind == "GatewayAgent":
                if (Header(document, isNative: false) is { } agent) AgentReader.Read(agent, asked);
                break;
            case Agent:
                UnknownKind(document, kind, version, "GatewayAgent");
                break;
            case var _ when version != Native && kinds.HasVersion(version):
                UnknownKind(document, kind, version, [.. kinds.NamesOf(version)]);
                break;
            case "v1" when kind == "List":
                foreach (YamlNode item in document.List("items")) Read(item);
                break;
            default:
                problems.Error(document["apiVersion"]!, ConfigRule.UnknownKind,
                    $"unknown apiVersion '{Nearest.Shown(version)}'; {Nearest.Hint(version, [Native, Fabric, Agent, .. kinds.All.Select(static known => known.ApiVersion).Distinct(StringComparer.Ordinal).Except([Native], StringComparer.Ordinal)])}");
                break;
        }
    }

    private void ReadNative(Fields document, string kind)
    {
        switch (kind)
        {
            case "Gateway":
                if (Header(document, isNative: true) is { } gateway) GatewayReader.Read(gateway, asked);
                break;
            case "NatProfile":
                if (Header(document, isNative: true) is { } profile) NatProfileReader.Read(profile, asked);
                break;
            case "Peering":
                if (Header(document, isNative: true) is { } peering) PeeringReader.Read(peering, asked, isNative: true);
                break;
            case "Translation":
                if (Header(document, isNative: true) is { } translation) TranslationReader.Read(translation, asked);
                break;
            case "SourceNat":
                if (Header(document, isNative: true) is { } sourceNat) SourceNatReader.Read(sourceNat, asked);
                break;
            default:
                UnknownKind(document, kind, Native, [.. NativeKinds, .. kinds.NamesOf(Native)]);
                break;
        }
    }

    private void ReadFabric(Fields document, string kind)
    {
        switch (kind)
        {
            case "GatewayPeering" or "Peering":
                if (Header(document, isNative: false) is { } peering) PeeringReader.Read(peering, asked, isNative: false);
                break;
            case "VPCInfo":
                if (Header(document, isNative: false) is { } vpc) VpcReader.Read(vpc, asked);
                break;
            case "Gateway":
                if (Header(document, isNative: false) is { } gateway) FabricReader.ReadGateway(gateway, asked);
                break;
            case "GatewayGroup":
                if (Header(document, isNative: false) is { } group) FabricReader.ReadGroup(group, asked);
                break;
            default:
                UnknownKind(document, kind, Fabric, "GatewayPeering", "VPCInfo", "Gateway", "GatewayGroup");
                break;
        }
    }

    private void UnknownKind(Fields document, string kind, string version, params ReadOnlySpan<string> known) =>
        problems.Error(document["kind"]!, ConfigRule.UnknownKind, $"unknown kind '{Nearest.Shown(kind)}' of {version}; {Nearest.Hint(kind, known)}");

    // What all documents have. The fields that an API server adds are passed over, so that what it prints can be read.
    private Header? Header(Fields root, bool isNative)
    {
        Fields document = isNative
            ? Fields.Of(root.Node, problems, "apiVersion", "kind", "metadata", "spec")
            : Fields.Of(root.Node, problems, "apiVersion", "kind", "metadata", "spec", "status");
        Fields metadata = Fields.Of(document.Require("metadata"), problems,
            "name", "namespace", "labels", "annotations", "generation", "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp",
            "deletionGracePeriodSeconds", "finalizers", "ownerReferences", "managedFields", "selfLink", "generateName");
        if (!metadata.Exist) return null;
        string? space = metadata.Text("namespace");
        if (!isNative && space is not (null or "default"))
            problems.Error(metadata["namespace"]!, ConfigRule.Forbidden, $"the namespace of such a document is 'default', not '{Nearest.Shown(space)}'");
        YamlNode? nameNode = metadata["name"];
        string? name = nameNode is null ? null : Names.Read(nameNode, problems, "a document");
        if (nameNode is null) problems.Error(metadata.Node, ConfigRule.MissingIdentifier, "the document has no name");
        return name is null ? null : new Header(name, nameNode!.Place, document, problems);
    }
}

/// <summary>A document whose outside was read.</summary>
/// <param name="Name">metadata.name.</param>
/// <param name="NamePlace">The place of the name.</param>
/// <param name="Document">The whole document.</param>
/// <param name="Problems">Where problems go.</param>
internal sealed record Header(string Name, Place NamePlace, Fields Document, Problems Problems)
{
    /// <summary>Where the document begins.</summary>
    public Place Place => Document.Node.Place;
}
